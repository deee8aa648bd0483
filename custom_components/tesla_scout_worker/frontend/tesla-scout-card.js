const Y = globalThis, dt = Y.ShadowRoot && (Y.ShadyCSS === void 0 || Y.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, lt = /* @__PURE__ */ Symbol(), _t = /* @__PURE__ */ new WeakMap();
let Ot = class {
  constructor(t, e, n) {
    if (this._$cssResult$ = !0, n !== lt) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
    this.cssText = t, this.t = e;
  }
  get styleSheet() {
    let t = this.o;
    const e = this.t;
    if (dt && t === void 0) {
      const n = e !== void 0 && e.length === 1;
      n && (t = _t.get(e)), t === void 0 && ((this.o = t = new CSSStyleSheet()).replaceSync(this.cssText), n && _t.set(e, t));
    }
    return t;
  }
  toString() {
    return this.cssText;
  }
};
const ie = (s) => new Ot(typeof s == "string" ? s : s + "", void 0, lt), P = (s, ...t) => {
  const e = s.length === 1 ? s[0] : t.reduce((n, a, i) => n + ((r) => {
    if (r._$cssResult$ === !0) return r.cssText;
    if (typeof r == "number") return r;
    throw Error("Value passed to 'css' function must be a 'css' function result: " + r + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
  })(a) + s[i + 1], s[0]);
  return new Ot(e, s, lt);
}, re = (s, t) => {
  if (dt) s.adoptedStyleSheets = t.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
  else for (const e of t) {
    const n = document.createElement("style"), a = Y.litNonce;
    a !== void 0 && n.setAttribute("nonce", a), n.textContent = e.cssText, s.appendChild(n);
  }
}, ft = dt ? (s) => s : (s) => s instanceof CSSStyleSheet ? ((t) => {
  let e = "";
  for (const n of t.cssRules) e += n.cssText;
  return ie(e);
})(s) : s;
const { is: oe, defineProperty: ce, getOwnPropertyDescriptor: de, getOwnPropertyNames: le, getOwnPropertySymbols: ue, getPrototypeOf: he } = Object, nt = globalThis, mt = nt.trustedTypes, pe = mt ? mt.emptyScript : "", ge = nt.reactiveElementPolyfillSupport, H = (s, t) => s, ct = { toAttribute(s, t) {
  switch (t) {
    case Boolean:
      s = s ? pe : null;
      break;
    case Object:
    case Array:
      s = s == null ? s : JSON.stringify(s);
  }
  return s;
}, fromAttribute(s, t) {
  let e = s;
  switch (t) {
    case Boolean:
      e = s !== null;
      break;
    case Number:
      e = s === null ? null : Number(s);
      break;
    case Object:
    case Array:
      try {
        e = JSON.parse(s);
      } catch {
        e = null;
      }
  }
  return e;
} }, Ut = (s, t) => !oe(s, t), yt = { attribute: !0, type: String, converter: ct, reflect: !1, useDefault: !1, hasChanged: Ut };
Symbol.metadata ??= /* @__PURE__ */ Symbol("metadata"), nt.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
let E = class extends HTMLElement {
  static addInitializer(t) {
    this._$Ei(), (this.l ??= []).push(t);
  }
  static get observedAttributes() {
    return this.finalize(), this._$Eh && [...this._$Eh.keys()];
  }
  static createProperty(t, e = yt) {
    if (e.state && (e.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(t) && ((e = Object.create(e)).wrapped = !0), this.elementProperties.set(t, e), !e.noAccessor) {
      const n = /* @__PURE__ */ Symbol(), a = this.getPropertyDescriptor(t, n, e);
      a !== void 0 && ce(this.prototype, t, a);
    }
  }
  static getPropertyDescriptor(t, e, n) {
    const { get: a, set: i } = de(this.prototype, t) ?? { get() {
      return this[e];
    }, set(r) {
      this[e] = r;
    } };
    return { get: a, set(r) {
      const o = a?.call(this);
      i?.call(this, r), this.requestUpdate(t, o, n);
    }, configurable: !0, enumerable: !0 };
  }
  static getPropertyOptions(t) {
    return this.elementProperties.get(t) ?? yt;
  }
  static _$Ei() {
    if (this.hasOwnProperty(H("elementProperties"))) return;
    const t = he(this);
    t.finalize(), t.l !== void 0 && (this.l = [...t.l]), this.elementProperties = new Map(t.elementProperties);
  }
  static finalize() {
    if (this.hasOwnProperty(H("finalized"))) return;
    if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(H("properties"))) {
      const e = this.properties, n = [...le(e), ...ue(e)];
      for (const a of n) this.createProperty(a, e[a]);
    }
    const t = this[Symbol.metadata];
    if (t !== null) {
      const e = litPropertyMetadata.get(t);
      if (e !== void 0) for (const [n, a] of e) this.elementProperties.set(n, a);
    }
    this._$Eh = /* @__PURE__ */ new Map();
    for (const [e, n] of this.elementProperties) {
      const a = this._$Eu(e, n);
      a !== void 0 && this._$Eh.set(a, e);
    }
    this.elementStyles = this.finalizeStyles(this.styles);
  }
  static finalizeStyles(t) {
    const e = [];
    if (Array.isArray(t)) {
      const n = new Set(t.flat(1 / 0).reverse());
      for (const a of n) e.unshift(ft(a));
    } else t !== void 0 && e.push(ft(t));
    return e;
  }
  static _$Eu(t, e) {
    const n = e.attribute;
    return n === !1 ? void 0 : typeof n == "string" ? n : typeof t == "string" ? t.toLowerCase() : void 0;
  }
  constructor() {
    super(), this._$Ep = void 0, this.isUpdatePending = !1, this.hasUpdated = !1, this._$Em = null, this._$Ev();
  }
  _$Ev() {
    this._$ES = new Promise((t) => this.enableUpdating = t), this._$AL = /* @__PURE__ */ new Map(), this._$E_(), this.requestUpdate(), this.constructor.l?.forEach((t) => t(this));
  }
  addController(t) {
    (this._$EO ??= /* @__PURE__ */ new Set()).add(t), this.renderRoot !== void 0 && this.isConnected && t.hostConnected?.();
  }
  removeController(t) {
    this._$EO?.delete(t);
  }
  _$E_() {
    const t = /* @__PURE__ */ new Map(), e = this.constructor.elementProperties;
    for (const n of e.keys()) this.hasOwnProperty(n) && (t.set(n, this[n]), delete this[n]);
    t.size > 0 && (this._$Ep = t);
  }
  createRenderRoot() {
    const t = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
    return re(t, this.constructor.elementStyles), t;
  }
  connectedCallback() {
    this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((t) => t.hostConnected?.());
  }
  enableUpdating(t) {
  }
  disconnectedCallback() {
    this._$EO?.forEach((t) => t.hostDisconnected?.());
  }
  attributeChangedCallback(t, e, n) {
    this._$AK(t, n);
  }
  _$ET(t, e) {
    const n = this.constructor.elementProperties.get(t), a = this.constructor._$Eu(t, n);
    if (a !== void 0 && n.reflect === !0) {
      const i = (n.converter?.toAttribute !== void 0 ? n.converter : ct).toAttribute(e, n.type);
      this._$Em = t, i == null ? this.removeAttribute(a) : this.setAttribute(a, i), this._$Em = null;
    }
  }
  _$AK(t, e) {
    const n = this.constructor, a = n._$Eh.get(t);
    if (a !== void 0 && this._$Em !== a) {
      const i = n.getPropertyOptions(a), r = typeof i.converter == "function" ? { fromAttribute: i.converter } : i.converter?.fromAttribute !== void 0 ? i.converter : ct;
      this._$Em = a;
      const o = r.fromAttribute(e, i.type);
      this[a] = o ?? this._$Ej?.get(a) ?? o, this._$Em = null;
    }
  }
  requestUpdate(t, e, n, a = !1, i) {
    if (t !== void 0) {
      const r = this.constructor;
      if (a === !1 && (i = this[t]), n ??= r.getPropertyOptions(t), !((n.hasChanged ?? Ut)(i, e) || n.useDefault && n.reflect && i === this._$Ej?.get(t) && !this.hasAttribute(r._$Eu(t, n)))) return;
      this.C(t, e, n);
    }
    this.isUpdatePending === !1 && (this._$ES = this._$EP());
  }
  C(t, e, { useDefault: n, reflect: a, wrapped: i }, r) {
    n && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(t) && (this._$Ej.set(t, r ?? e ?? this[t]), i !== !0 || r !== void 0) || (this._$AL.has(t) || (this.hasUpdated || n || (e = void 0), this._$AL.set(t, e)), a === !0 && this._$Em !== t && (this._$Eq ??= /* @__PURE__ */ new Set()).add(t));
  }
  async _$EP() {
    this.isUpdatePending = !0;
    try {
      await this._$ES;
    } catch (e) {
      Promise.reject(e);
    }
    const t = this.scheduleUpdate();
    return t != null && await t, !this.isUpdatePending;
  }
  scheduleUpdate() {
    return this.performUpdate();
  }
  performUpdate() {
    if (!this.isUpdatePending) return;
    if (!this.hasUpdated) {
      if (this.renderRoot ??= this.createRenderRoot(), this._$Ep) {
        for (const [a, i] of this._$Ep) this[a] = i;
        this._$Ep = void 0;
      }
      const n = this.constructor.elementProperties;
      if (n.size > 0) for (const [a, i] of n) {
        const { wrapped: r } = i, o = this[a];
        r !== !0 || this._$AL.has(a) || o === void 0 || this.C(a, void 0, i, o);
      }
    }
    let t = !1;
    const e = this._$AL;
    try {
      t = this.shouldUpdate(e), t ? (this.willUpdate(e), this._$EO?.forEach((n) => n.hostUpdate?.()), this.update(e)) : this._$EM();
    } catch (n) {
      throw t = !1, this._$EM(), n;
    }
    t && this._$AE(e);
  }
  willUpdate(t) {
  }
  _$AE(t) {
    this._$EO?.forEach((e) => e.hostUpdated?.()), this.hasUpdated || (this.hasUpdated = !0, this.firstUpdated(t)), this.updated(t);
  }
  _$EM() {
    this._$AL = /* @__PURE__ */ new Map(), this.isUpdatePending = !1;
  }
  get updateComplete() {
    return this.getUpdateComplete();
  }
  getUpdateComplete() {
    return this._$ES;
  }
  shouldUpdate(t) {
    return !0;
  }
  update(t) {
    this._$Eq &&= this._$Eq.forEach((e) => this._$ET(e, this[e])), this._$EM();
  }
  updated(t) {
  }
  firstUpdated(t) {
  }
};
E.elementStyles = [], E.shadowRootOptions = { mode: "open" }, E[H("elementProperties")] = /* @__PURE__ */ new Map(), E[H("finalized")] = /* @__PURE__ */ new Map(), ge?.({ ReactiveElement: E }), (nt.reactiveElementVersions ??= []).push("2.1.2");
const ut = globalThis, wt = (s) => s, X = ut.trustedTypes, bt = X ? X.createPolicy("lit-html", { createHTML: (s) => s }) : void 0, Rt = "$lit$", x = `lit$${Math.random().toFixed(9).slice(2)}$`, It = "?" + x, _e = `<${It}>`, S = document, L = () => S.createComment(""), W = (s) => s === null || typeof s != "object" && typeof s != "function", ht = Array.isArray, fe = (s) => ht(s) || typeof s?.[Symbol.iterator] == "function", it = `[ 	
\f\r]`, U = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, vt = /-->/g, $t = />/g, z = RegExp(`>|${it}(?:([^\\s"'>=/]+)(${it}*=${it}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`, "g"), kt = /'/g, xt = /"/g, Ht = /^(?:script|style|textarea|title)$/i, Lt = (s) => (t, ...e) => ({ _$litType$: s, strings: t, values: e }), l = Lt(1), k = Lt(2), D = /* @__PURE__ */ Symbol.for("lit-noChange"), u = /* @__PURE__ */ Symbol.for("lit-nothing"), zt = /* @__PURE__ */ new WeakMap(), A = S.createTreeWalker(S, 129);
function Wt(s, t) {
  if (!ht(s) || !s.hasOwnProperty("raw")) throw Error("invalid template strings array");
  return bt !== void 0 ? bt.createHTML(t) : t;
}
const me = (s, t) => {
  const e = s.length - 1, n = [];
  let a, i = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", r = U;
  for (let o = 0; o < e; o++) {
    const c = s[o];
    let d, h, p = -1, f = 0;
    for (; f < c.length && (r.lastIndex = f, h = r.exec(c), h !== null); ) f = r.lastIndex, r === U ? h[1] === "!--" ? r = vt : h[1] !== void 0 ? r = $t : h[2] !== void 0 ? (Ht.test(h[2]) && (a = RegExp("</" + h[2], "g")), r = z) : h[3] !== void 0 && (r = z) : r === z ? h[0] === ">" ? (r = a ?? U, p = -1) : h[1] === void 0 ? p = -2 : (p = r.lastIndex - h[2].length, d = h[1], r = h[3] === void 0 ? z : h[3] === '"' ? xt : kt) : r === xt || r === kt ? r = z : r === vt || r === $t ? r = U : (r = z, a = void 0);
    const y = r === z && s[o + 1].startsWith("/>") ? " " : "";
    i += r === U ? c + _e : p >= 0 ? (n.push(d), c.slice(0, p) + Rt + c.slice(p) + x + y) : c + x + (p === -2 ? o : y);
  }
  return [Wt(s, i + (s[e] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), n];
};
class B {
  constructor({ strings: t, _$litType$: e }, n) {
    let a;
    this.parts = [];
    let i = 0, r = 0;
    const o = t.length - 1, c = this.parts, [d, h] = me(t, e);
    if (this.el = B.createElement(d, n), A.currentNode = this.el.content, e === 2 || e === 3) {
      const p = this.el.content.firstChild;
      p.replaceWith(...p.childNodes);
    }
    for (; (a = A.nextNode()) !== null && c.length < o; ) {
      if (a.nodeType === 1) {
        if (a.hasAttributes()) for (const p of a.getAttributeNames()) if (p.endsWith(Rt)) {
          const f = h[r++], y = a.getAttribute(p).split(x), $ = /([.?@])?(.*)/.exec(f);
          c.push({ type: 1, index: i, name: $[2], strings: y, ctor: $[1] === "." ? we : $[1] === "?" ? be : $[1] === "@" ? ve : st }), a.removeAttribute(p);
        } else p.startsWith(x) && (c.push({ type: 6, index: i }), a.removeAttribute(p));
        if (Ht.test(a.tagName)) {
          const p = a.textContent.split(x), f = p.length - 1;
          if (f > 0) {
            a.textContent = X ? X.emptyScript : "";
            for (let y = 0; y < f; y++) a.append(p[y], L()), A.nextNode(), c.push({ type: 2, index: ++i });
            a.append(p[f], L());
          }
        }
      } else if (a.nodeType === 8) if (a.data === It) c.push({ type: 2, index: i });
      else {
        let p = -1;
        for (; (p = a.data.indexOf(x, p + 1)) !== -1; ) c.push({ type: 7, index: i }), p += x.length - 1;
      }
      i++;
    }
  }
  static createElement(t, e) {
    const n = S.createElement("template");
    return n.innerHTML = t, n;
  }
}
function N(s, t, e = s, n) {
  if (t === D) return t;
  let a = n !== void 0 ? e._$Co?.[n] : e._$Cl;
  const i = W(t) ? void 0 : t._$litDirective$;
  return a?.constructor !== i && (a?._$AO?.(!1), i === void 0 ? a = void 0 : (a = new i(s), a._$AT(s, e, n)), n !== void 0 ? (e._$Co ??= [])[n] = a : e._$Cl = a), a !== void 0 && (t = N(s, a._$AS(s, t.values), a, n)), t;
}
class ye {
  constructor(t, e) {
    this._$AV = [], this._$AN = void 0, this._$AD = t, this._$AM = e;
  }
  get parentNode() {
    return this._$AM.parentNode;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  u(t) {
    const { el: { content: e }, parts: n } = this._$AD, a = (t?.creationScope ?? S).importNode(e, !0);
    A.currentNode = a;
    let i = A.nextNode(), r = 0, o = 0, c = n[0];
    for (; c !== void 0; ) {
      if (r === c.index) {
        let d;
        c.type === 2 ? d = new Z(i, i.nextSibling, this, t) : c.type === 1 ? d = new c.ctor(i, c.name, c.strings, this, t) : c.type === 6 && (d = new $e(i, this, t)), this._$AV.push(d), c = n[++o];
      }
      r !== c?.index && (i = A.nextNode(), r++);
    }
    return A.currentNode = S, a;
  }
  p(t) {
    let e = 0;
    for (const n of this._$AV) n !== void 0 && (n.strings !== void 0 ? (n._$AI(t, n, e), e += n.strings.length - 2) : n._$AI(t[e])), e++;
  }
}
class Z {
  get _$AU() {
    return this._$AM?._$AU ?? this._$Cv;
  }
  constructor(t, e, n, a) {
    this.type = 2, this._$AH = u, this._$AN = void 0, this._$AA = t, this._$AB = e, this._$AM = n, this.options = a, this._$Cv = a?.isConnected ?? !0;
  }
  get parentNode() {
    let t = this._$AA.parentNode;
    const e = this._$AM;
    return e !== void 0 && t?.nodeType === 11 && (t = e.parentNode), t;
  }
  get startNode() {
    return this._$AA;
  }
  get endNode() {
    return this._$AB;
  }
  _$AI(t, e = this) {
    t = N(this, t, e), W(t) ? t === u || t == null || t === "" ? (this._$AH !== u && this._$AR(), this._$AH = u) : t !== this._$AH && t !== D && this._(t) : t._$litType$ !== void 0 ? this.$(t) : t.nodeType !== void 0 ? this.T(t) : fe(t) ? this.k(t) : this._(t);
  }
  O(t) {
    return this._$AA.parentNode.insertBefore(t, this._$AB);
  }
  T(t) {
    this._$AH !== t && (this._$AR(), this._$AH = this.O(t));
  }
  _(t) {
    this._$AH !== u && W(this._$AH) ? this._$AA.nextSibling.data = t : this.T(S.createTextNode(t)), this._$AH = t;
  }
  $(t) {
    const { values: e, _$litType$: n } = t, a = typeof n == "number" ? this._$AC(t) : (n.el === void 0 && (n.el = B.createElement(Wt(n.h, n.h[0]), this.options)), n);
    if (this._$AH?._$AD === a) this._$AH.p(e);
    else {
      const i = new ye(a, this), r = i.u(this.options);
      i.p(e), this.T(r), this._$AH = i;
    }
  }
  _$AC(t) {
    let e = zt.get(t.strings);
    return e === void 0 && zt.set(t.strings, e = new B(t)), e;
  }
  k(t) {
    ht(this._$AH) || (this._$AH = [], this._$AR());
    const e = this._$AH;
    let n, a = 0;
    for (const i of t) a === e.length ? e.push(n = new Z(this.O(L()), this.O(L()), this, this.options)) : n = e[a], n._$AI(i), a++;
    a < e.length && (this._$AR(n && n._$AB.nextSibling, a), e.length = a);
  }
  _$AR(t = this._$AA.nextSibling, e) {
    for (this._$AP?.(!1, !0, e); t !== this._$AB; ) {
      const n = wt(t).nextSibling;
      wt(t).remove(), t = n;
    }
  }
  setConnected(t) {
    this._$AM === void 0 && (this._$Cv = t, this._$AP?.(t));
  }
}
class st {
  get tagName() {
    return this.element.tagName;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  constructor(t, e, n, a, i) {
    this.type = 1, this._$AH = u, this._$AN = void 0, this.element = t, this.name = e, this._$AM = a, this.options = i, n.length > 2 || n[0] !== "" || n[1] !== "" ? (this._$AH = Array(n.length - 1).fill(new String()), this.strings = n) : this._$AH = u;
  }
  _$AI(t, e = this, n, a) {
    const i = this.strings;
    let r = !1;
    if (i === void 0) t = N(this, t, e, 0), r = !W(t) || t !== this._$AH && t !== D, r && (this._$AH = t);
    else {
      const o = t;
      let c, d;
      for (t = i[0], c = 0; c < i.length - 1; c++) d = N(this, o[n + c], e, c), d === D && (d = this._$AH[c]), r ||= !W(d) || d !== this._$AH[c], d === u ? t = u : t !== u && (t += (d ?? "") + i[c + 1]), this._$AH[c] = d;
    }
    r && !a && this.j(t);
  }
  j(t) {
    t === u ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, t ?? "");
  }
}
class we extends st {
  constructor() {
    super(...arguments), this.type = 3;
  }
  j(t) {
    this.element[this.name] = t === u ? void 0 : t;
  }
}
class be extends st {
  constructor() {
    super(...arguments), this.type = 4;
  }
  j(t) {
    this.element.toggleAttribute(this.name, !!t && t !== u);
  }
}
class ve extends st {
  constructor(t, e, n, a, i) {
    super(t, e, n, a, i), this.type = 5;
  }
  _$AI(t, e = this) {
    if ((t = N(this, t, e, 0) ?? u) === D) return;
    const n = this._$AH, a = t === u && n !== u || t.capture !== n.capture || t.once !== n.once || t.passive !== n.passive, i = t !== u && (n === u || a);
    a && this.element.removeEventListener(this.name, this, n), i && this.element.addEventListener(this.name, this, t), this._$AH = t;
  }
  handleEvent(t) {
    typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, t) : this._$AH.handleEvent(t);
  }
}
class $e {
  constructor(t, e, n) {
    this.element = t, this.type = 6, this._$AN = void 0, this._$AM = e, this.options = n;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  _$AI(t) {
    N(this, t);
  }
}
const ke = ut.litHtmlPolyfillSupport;
ke?.(B, Z), (ut.litHtmlVersions ??= []).push("3.3.3");
const xe = (s, t, e) => {
  const n = e?.renderBefore ?? t;
  let a = n._$litPart$;
  if (a === void 0) {
    const i = e?.renderBefore ?? null;
    n._$litPart$ = a = new Z(t.insertBefore(L(), i), i, void 0, e ?? {});
  }
  return a._$AI(s), a;
};
const pt = globalThis;
class v extends E {
  constructor() {
    super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
  }
  createRenderRoot() {
    const t = super.createRenderRoot();
    return this.renderOptions.renderBefore ??= t.firstChild, t;
  }
  update(t) {
    const e = this.render();
    this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(t), this._$Do = xe(e, this.renderRoot, this.renderOptions);
  }
  connectedCallback() {
    super.connectedCallback(), this._$Do?.setConnected(!0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this._$Do?.setConnected(!1);
  }
  render() {
    return D;
  }
}
v._$litElement$ = !0, v.finalized = !0, pt.litElementHydrateSupport?.({ LitElement: v });
const ze = pt.litElementPolyfillSupport;
ze?.({ LitElement: v });
(pt.litElementVersions ??= []).push("4.2.2");
const Bt = 36e5, At = 24 * Bt;
class Q {
  constructor(t) {
    this.language = t.locale?.language ?? t.language, this.zone = t.locale?.time_zone === "server" ? t.config.time_zone : void 0;
    const e = t.locale?.time_format;
    this.hour12 = e === "12" || e === "24" ? e === "12" : new Intl.DateTimeFormat(this.language, { hour: "numeric" }).resolvedOptions().hour12 === !0;
  }
  /** The time of day: 07:00. */
  time(t) {
    return this.date(t, {
      hour: this.hour12 ? "numeric" : "2-digit",
      minute: "2-digit",
      // With `hour12: false` midnight would be 24:00.
      ...this.hour12 ? { hour12: !0 } : { hourCycle: "h23" }
    });
  }
  /** The hour alone, for an axis. */
  hour(t) {
    return this.hour12 ? this.date(t, { hour: "numeric", hour12: !0 }) : this.date(t, { hour: "2-digit", hourCycle: "h23" });
  }
  /** The number of the hour in the day, in the zone of the person. */
  hourOfDay(t) {
    return Number(
      new Intl.DateTimeFormat("en", {
        hour: "numeric",
        hourCycle: "h23",
        ...this.zoned()
      }).format(t)
    );
  }
  weekday(t) {
    return this.date(t, { weekday: "short" });
  }
  /** A deadline: the weekday unless it is today, the date beyond a week. */
  when(t, e) {
    return this.day(t) === this.day(e) ? this.time(t) : `${Math.abs(t.getTime() - e.getTime()) > 6 * At ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t)} ${this.time(t)}`;
  }
  /** A day: the weekday, beyond a week the date. */
  dayName(t, e) {
    return t.getTime() - e.getTime() > 6 * At ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t);
  }
  /** A time in the hours ahead: the day is clear without a name. */
  soon(t, e) {
    const n = t.getTime() - e.getTime();
    return n > 0 && n < 18 * Bt ? this.time(t) : this.when(t, e);
  }
  /** How long ago: 12 min, 3 h 5 min, 2 d. It is never broken into two lines. */
  duration(t) {
    const e = Math.max(0, Math.round(t / 6e4)), n = Math.floor(e / 60), a = this.language.startsWith("pl") ? "godz." : "h";
    if (n >= 48) return `${Math.floor(n / 24)} d`;
    if (n === 0) return `${e} min`;
    const i = `${n} ${a}`;
    return e % 60 ? `${i} ${e % 60} min` : i;
  }
  money(t, e) {
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency: e,
      minimumFractionDigits: 2,
      maximumFractionDigits: 2
    }).format(t);
  }
  /** A price of a kWh. */
  price(t, e) {
    return `${this.number(t, 2)} ${e}/kWh`;
  }
  number(t, e = 0) {
    return new Intl.NumberFormat(this.language, {
      minimumFractionDigits: e,
      maximumFractionDigits: e
    }).format(t);
  }
  percent(t) {
    return `${this.number(Math.round(t))} %`;
  }
  energy(t) {
    return `${this.number(t, t < 10 ? 1 : 0)} kWh`;
  }
  /** The value of an `<input type="datetime-local">`, in the zone of the person. */
  local(t) {
    const e = new Intl.DateTimeFormat("en-CA", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      ...this.zoned()
    }).formatToParts(t), n = (a) => e.find((i) => i.type === a)?.value ?? "";
    return `${n("year")}-${n("month")}-${n("day")}T${n("hour")}:${n("minute")}`;
  }
  /** The instant of such a value; the offset of the zone is found by trying. */
  instant(t) {
    const e = /* @__PURE__ */ new Date(`${t}:00Z`);
    let n = e;
    for (let a = 0; a < 2; a += 1) {
      const i = /* @__PURE__ */ new Date(`${this.local(n)}:00Z`);
      n = new Date(n.getTime() + e.getTime() - i.getTime());
    }
    return n;
  }
  day(t) {
    return this.date(t, { year: "numeric", month: "numeric", day: "numeric" });
  }
  date(t, e) {
    return new Intl.DateTimeFormat(this.language, { ...e, ...this.zoned() }).format(t);
  }
  zoned() {
    return this.zone === void 0 ? {} : { timeZone: this.zone };
  }
}
const m = "tesla_scout_worker";
function tt(s) {
  return [...new Set(
    Object.values(s.entities).filter((e) => e.platform === m && e.device_id).map((e) => e.device_id)
  )].map((e) => s.devices[e]).filter((e) => e !== void 0 && e.entry_type === null).sort((e, n) => F(e).localeCompare(F(n)));
}
function Tt(s) {
  return Object.values(s.entities).find((t) => t.platform === m)?.device_id;
}
function F(s) {
  return s.name_by_user ?? s.name ?? "";
}
function C(s, t) {
  const e = t;
  if (e.translation_key) {
    const n = `component.${m}.exceptions.${e.translation_key}.message`, a = s.localize(n, e.translation_placeholders ?? {});
    if (a && a !== n) return a;
  }
  return e.message ?? String(t);
}
function Ft(s, t) {
  const e = `component.${m}.exceptions.${t}.message`, n = s.localize(e);
  return n && n !== e ? n : t;
}
const et = `/config/integrations/integration/${m}`;
function qt(s) {
  history.pushState(null, "", s), window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: !1 } }));
}
const gt = {
  // The car.
  plugged_in: "Plugged in",
  unplugged: "Not plugged in",
  plug_unknown: "Cable unknown",
  home: "at home",
  away: "away",
  charging: "Charging",
  charging_at: "Charging at {power} kW",
  asleep: "asleep",
  offline: "offline",
  seen: "read {ago} ago",
  seen_now: "read just now",
  limit: "limit {limit}",
  level: "State of charge",
  unknown_level: "–",
  // The verdict.
  v_on_track: "{target} by {ready_by}: yes, {spare} to spare",
  v_on_track_now: "{target} by {ready_by}: yes",
  v_reached: "{target} for {ready_by}: ready",
  v_short: "{target} by {ready_by}: no, it will be {level}",
  v_plug_in: "Plug in by {plug_in_by}: then {target} by {ready_by}",
  v_plug_in_now: "Plug in now: then {target} by {ready_by}",
  v_away: "Away. Plug in at home by {plug_in_by} for {target} by {ready_by}",
  v_failed: "{target} by {ready_by}: the plan could not be sent",
  v_preview: "Preview only: the car charges as soon as it is plugged in",
  v_waits_for_prices: "{target} by {ready_by}: waits for tomorrow's prices",
  v_no_prices: "No prices known: charges late, by guess",
  v_off: "Off-peak charging is off: the car charges as soon as it is plugged in",
  v_full: "Full to its limit",
  v_level_unknown: "The state of charge is unknown until the next read",
  v_never_read: "Not read yet: a read happens when the car is awake",
  v_no_departure: "No departure is set",
  v_no_home: "The home zone is missing",
  v_not_loaded: "The integration is not running",
  v_signed_out: "Signed out of Tesla",
  latest: "At the latest {latest}",
  // What a person must do.
  p_shadow: "Shadow mode is on: plans are shown, and nothing is sent to the car.",
  p_off: "Off-peak charging is off.",
  p_no_prices: "There are no prices. Check their source in the options.",
  p_session_failed: "{target} by {ready_by} could not be sent to the car: {reason}",
  p_session_missed: "{target} by {ready_by} was missed: {reason}",
  p_budget_essential: "Tesla's budget of this month is nearly spent: only special charging is served.",
  p_budget_stopped: "Tesla's budget of this month is spent: nothing is read or sent.",
  fix_shadow: "Start for real",
  fix_off: "Turn on",
  fix_options: "Options",
  fix_sign_in: "Sign in",
  fix_repair: "Show",
  fix_devices: "Open the integration",
  reason_unknown: "no reason was given",
  reason_not_home: "the car was not at home",
  reason_unreachable: "the car could not be reached",
  reason_unknown_level: "the state of charge was not known",
  reason_trouble: "the car did not take it",
  // Facts.
  charges: "Charges",
  would_charge: "Would charge",
  charges_now: "Charging until {end}",
  nothing_planned: "Nothing planned",
  energy: "Energy",
  cost: "Cost",
  cost_unknown: "not known yet",
  saves: "saves {amount} against charging now",
  then: "then",
  special: "Special charging",
  usual: "Usual departure",
  state_scheduled: "planned",
  state_active: "in the car",
  state_restoring: "ending",
  waits: "waits: {reason}",
  // The strip.
  strip: "Prices, plan and state of charge of the next 36 hours",
  strip_keys: "Use the arrow keys to move through the hours.",
  now: "now",
  window: "Planned",
  ran: "Charged",
  departure: "Departure",
  price: "Price",
  price_unknown: "price not known yet",
  price_estimate: "price not known yet, perhaps {price}",
  peak: "dear hours",
  off_peak: "cheap hours",
  why: "Why here",
  at_once_costs: "Right now it would cost {amount}",
  late_costs: "At the last moment {amount}",
  free_of_price: "Its cost is not known.",
  from_to: "{from} → {to}",
  close: "Close",
  legend_planned: "planned",
  legend_ran: "charged",
  legend_unknown: "price unknown",
  legend_level: "state of charge",
  // Why.
  r_already_there: "The target is reached already.",
  r_buffer_shrunk: "There is less time than the safety buffer asks for.",
  r_at_once: "You asked for charging from now on, at any price.",
  r_cheapest_hours: "These are the cheapest hours before the deadline.",
  r_latest_hours: "Of equally cheap hours the later ones: it is better for the battery.",
  r_no_time_left: "No time is left before the deadline.",
  r_peak_avoided: "Dear hours are avoided.",
  r_peak_used: "Dear hours are needed to reach the target.",
  r_target_short: "All the time that is left is used.",
  r_unknown_avoided: "Hours without a known price are avoided.",
  r_unknown_used: "Hours without a known price are needed to reach the target.",
  r_windows_limited: "With more windows it would be cheaper, but each one is a schedule in the car.",
  r_charges_at_once: "The tariff has one price all day, so the car charges at once.",
  r_floor: "The car is below its safety floor, so it charges at once.",
  r_guard: "A guard keeps the car from charging before the prices are known.",
  r_level_unknown: "The state of charge is not known.",
  r_no_departure: "No departure is set.",
  r_no_prices: "No prices are known.",
  r_plan_kept: "A new plan would not be cheaper, so the one in the car stays.",
  r_prices_cheaper: "Waits for tomorrow, expected {saving} cheaper.",
  r_prices_awaited: "Tomorrow's prices may bring better hours.",
  r_skipped: "You skipped what would have been charged before.",
  r_target_of_day: "You set another target for this day.",
  r_vacation: "You are on vacation: no more than the level that you set is charged.",
  r_weekly: "These are the cheap hours of the tariff.",
  // Hands.
  target: "Target",
  departs: "Departure",
  charge_to: "{target} by …",
  charge_now: "Charge now",
  charge_now_ask: "Charge now to {target}? It costs {now} instead of {planned}.",
  charge_now_ask_plain: "Charge now to {target}, at any price?",
  charge_now_done: "It charges to {target} from now on.",
  charge_now_row: "Charging now to {target}",
  charge_now_cancel_ask: "Stop charging to {target} now?",
  target_of_day_row: "Target for this day",
  skip: "Skip tonight",
  skip_ask: "Charge nothing until the next departure?",
  skip_done: "Nothing is charged until the next departure.",
  skip_confirm: "Cancel it and skip",
  said_skip: "Skipped: nothing is charged until {until}",
  said_target: "{target} on {day}, instead of the usual target",
  said_vacation: "Vacation until {until}: at most {target}",
  said_vacation_from: "Vacation from {since} until {until}: at most {target}",
  said_cancelled: "Cancelled. The usual plan holds again.",
  read_now: "Read now",
  read_now_ask: "Read the car now? It costs about $0.002.",
  read_done: "The car was read.",
  yes: "Yes",
  no: "No",
  undo: "Undo",
  done_target: "The target is {target} now.",
  done_departure: "The departure is {time} now.",
  done_shadow: "Plans are sent to the car from now on.",
  done_sync: "Off-peak charging is on.",
  done_special: "Planned: {target} by {ready_by}.",
  done_cancel: "Cancelled. The car returns to its usual plan.",
  done_undo: "Undone.",
  cancel: "Cancel",
  cancel_ask: "Cancel {target} by {ready_by}?",
  cancel_session: "Cancel {target} by {ready_by}",
  day_open: "Another day …",
  day_title: "Another target for one day",
  day_label: "Day",
  day_confirm: "{day}: {target}",
  day_done: "{target} on {day}, instead of the usual target.",
  undo_lost: "The usual plan holds again. It is too late to plan {target} by {ready_by} again.",
  special_title: "Charge to a level by a time",
  special_by: "By",
  special_confirm: "Charge to {target} by {ready_by}",
  timed: "Home Assistant starts and stops the charge: if it is down at {at}, the car does not start by itself.",
  special_limit: "The charge limit is raised for this, and set back afterwards.",
  previewing: "Planning …",
  preview_windows: "Charges {windows}",
  preview_nothing: "Nothing needs to be charged.",
  // The card.
  waiting: "Waiting for the integration …",
  no_car: "Choose a car in the card's settings.",
  settings: "Settings",
  strategy_description: "A card for each car and for the account, and the calendar.",
  strategy_empty: "No car is there yet. Add Tesla Scout & Worker under Devices & services.",
  card_name: "Tesla Scout: car",
  card_description: "How full, when it charges, what that costs, and whether the target is kept.",
  account_card_name: "Tesla Scout: account",
  account_card_description: "This month: Tesla's bill, the budget and the calls.",
  field_device: "Car",
  field_account_device: "Account, or one of its cars",
  field_name: "Name",
  field_compact: "Compact (wall tablet)",
  // The account.
  month: "This month",
  bill: "Tesla's bill",
  of_budget: "of {limit}",
  no_budget: "no budget",
  bill_forecast: "at this pace {amount} until {date}",
  reads: "Reads",
  commands: "Commands",
  wakes: "Wakes",
  charged: "Charged at home",
  saved: "saved {amount}",
  stage_normal: "within the budget",
  stage_saving: "saving: fewer reads",
  stage_essential: "only special charging",
  stage_stopped: "budget spent"
}, Ae = {
  // The car.
  plugged_in: "Podłączony",
  unplugged: "Niepodłączony",
  plug_unknown: "Kabel: nie wiadomo",
  home: "w domu",
  away: "poza domem",
  charging: "Ładuje się",
  charging_at: "Ładuje się z mocą {power} kW",
  asleep: "śpi",
  offline: "bez zasięgu",
  seen: "odczyt {ago} temu",
  seen_now: "odczyt przed chwilą",
  limit: "limit {limit}",
  level: "Poziom naładowania",
  unknown_level: "–",
  // The verdict.
  v_on_track: "{target} na {ready_by}: tak, z zapasem {spare}",
  v_on_track_now: "{target} na {ready_by}: tak",
  v_reached: "{target} na {ready_by}: gotowe",
  v_short: "{target} na {ready_by}: nie, będzie {level}",
  v_plug_in: "Podłącz do {plug_in_by}, a będzie {target} na {ready_by}",
  v_plug_in_now: "Podłącz teraz, a będzie {target} na {ready_by}",
  v_away: "Poza domem. Podłącz w domu do {plug_in_by}, a będzie {target} na {ready_by}",
  v_failed: "{target} na {ready_by}: planu nie udało się wysłać",
  v_preview: "Tylko podgląd: samochód ładuje się od razu po podłączeniu",
  v_waits_for_prices: "{target} na {ready_by}: czeka na jutrzejsze ceny",
  v_no_prices: "Brak cen: ładuje późno, według szacunku",
  v_off: "Ładowanie poza szczytem jest wyłączone: samochód ładuje się od razu po podłączeniu",
  v_full: "Naładowany do limitu",
  v_level_unknown: "Poziom naładowania będzie znany po następnym odczycie",
  v_never_read: "Jeszcze bez odczytu: nastąpi, gdy samochód nie śpi",
  v_no_departure: "Nie ustawiono odjazdu",
  v_no_home: "Brak strefy domu",
  v_not_loaded: "Integracja nie działa",
  v_signed_out: "Wylogowano z Tesli",
  latest: "Najpóźniej {latest}",
  // What a person must do.
  p_shadow: "Tryb podglądu jest włączony: plany widać, ale nic nie jest wysyłane do samochodu.",
  p_off: "Ładowanie poza szczytem jest wyłączone.",
  p_no_prices: "Brak cen. Sprawdź ich źródło w opcjach.",
  p_session_failed: "{target} na {ready_by} nie dało się wysłać do samochodu: {reason}",
  p_session_missed: "{target} na {ready_by} nie wyszło: {reason}",
  p_budget_essential: "Budżet Tesli na ten miesiąc prawie się skończył: działa tylko ładowanie specjalne.",
  p_budget_stopped: "Budżet Tesli na ten miesiąc się skończył: nic nie jest odczytywane ani wysyłane.",
  fix_shadow: "Uruchom naprawdę",
  fix_off: "Włącz",
  fix_options: "Opcje",
  fix_sign_in: "Zaloguj się",
  fix_repair: "Pokaż",
  fix_devices: "Otwórz integrację",
  reason_unknown: "nie podano powodu",
  reason_not_home: "samochodu nie było w domu",
  reason_unreachable: "nie było łączności z samochodem",
  reason_unknown_level: "poziom naładowania nie był znany",
  reason_trouble: "samochód tego nie przyjął",
  // Facts.
  charges: "Ładowanie",
  would_charge: "Ładowałoby się",
  charges_now: "Ładuje się do {end}",
  nothing_planned: "Nic nie zaplanowano",
  energy: "Energia",
  cost: "Koszt",
  cost_unknown: "jeszcze nieznany",
  saves: "o {amount} taniej niż teraz",
  then: "potem",
  special: "Ładowanie specjalne",
  usual: "Zwykły odjazd",
  state_scheduled: "zaplanowane",
  state_active: "w samochodzie",
  state_restoring: "kończy się",
  waits: "czeka: {reason}",
  // The strip.
  strip: "Ceny, plan i poziom naładowania w ciągu najbliższych 36 godzin",
  strip_keys: "Strzałkami przechodzi się po godzinach.",
  now: "teraz",
  window: "Zaplanowane",
  ran: "Naładowano",
  departure: "Odjazd",
  price: "Cena",
  price_unknown: "cena jeszcze nieznana",
  price_estimate: "cena jeszcze nieznana, może {price}",
  peak: "drogie godziny",
  off_peak: "tanie godziny",
  why: "Dlaczego tutaj",
  at_once_costs: "Teraz kosztowałoby {amount}",
  late_costs: "W ostatniej chwili {amount}",
  free_of_price: "Koszt nie jest znany.",
  from_to: "{from} → {to}",
  close: "Zamknij",
  legend_planned: "zaplanowane",
  legend_ran: "naładowano",
  legend_unknown: "cena nieznana",
  legend_level: "poziom naładowania",
  // Why.
  r_already_there: "Cel jest już osiągnięty.",
  r_buffer_shrunk: "Czasu jest mniej, niż wymaga bufor bezpieczeństwa.",
  r_at_once: "Polecono ładowanie od teraz, bez względu na cenę.",
  r_cheapest_hours: "To najtańsze godziny przed terminem.",
  r_latest_hours: "Z równie tanich godzin wybrano późniejsze: to lepsze dla baterii.",
  r_no_time_left: "Przed terminem nie ma już czasu.",
  r_peak_avoided: "Drogie godziny są pominięte.",
  r_peak_used: "Bez drogich godzin nie da się osiągnąć celu.",
  r_target_short: "Wykorzystano cały pozostały czas.",
  r_unknown_avoided: "Godziny bez znanej ceny są pominięte.",
  r_unknown_used: "Bez godzin o nieznanej cenie nie da się osiągnąć celu.",
  r_windows_limited: "W większej liczbie okien byłoby taniej, ale każde to harmonogram w samochodzie.",
  r_charges_at_once: "Taryfa ma jedną cenę przez całą dobę, więc samochód ładuje się od razu.",
  r_floor: "Samochód jest poniżej minimum bezpieczeństwa, więc ładuje się od razu.",
  r_guard: "Blokada nie pozwala ładować, zanim znane są ceny.",
  r_level_unknown: "Poziom naładowania nie jest znany.",
  r_no_departure: "Nie ustawiono odjazdu.",
  r_no_prices: "Brak znanych cen.",
  r_plan_kept: "Nowy plan nie byłby tańszy, więc zostaje ten, który jest w samochodzie.",
  r_prices_cheaper: "Czeka na jutro: ma być o {saving} taniej.",
  r_prices_awaited: "Jutrzejsze ceny mogą dać lepsze godziny.",
  r_skipped: "Pominięto to, co byłoby ładowane wcześniej.",
  r_target_of_day: "Na ten dzień ustawiono inny cel.",
  r_vacation: "Trwa urlop: ładuje się najwyżej do ustawionego poziomu.",
  r_weekly: "To tanie godziny taryfy.",
  // Hands.
  target: "Cel",
  departs: "Odjazd",
  charge_to: "{target} na …",
  charge_now: "Ładuj teraz",
  charge_now_ask: "Ładować teraz do {target}? Kosztuje {now} zamiast {planned}.",
  charge_now_ask_plain: "Ładować teraz do {target}, bez względu na cenę?",
  charge_now_done: "Od teraz ładuje się do {target}.",
  charge_now_row: "Ładowanie teraz do {target}",
  charge_now_cancel_ask: "Przerwać ładowanie do {target}?",
  target_of_day_row: "Cel na ten dzień",
  skip: "Dziś nie ładuj",
  skip_ask: "Nie ładować aż do następnego odjazdu?",
  skip_done: "Do następnego odjazdu nic się nie ładuje.",
  skip_confirm: "Anuluj je i pomiń",
  said_skip: "Pominięte: nic się nie ładuje do {until}",
  said_target: "{target} na {day} zamiast zwykłego celu",
  said_vacation: "Urlop do {until}: najwyżej {target}",
  said_vacation_from: "Urlop od {since} do {until}: najwyżej {target}",
  said_cancelled: "Anulowano. Znów obowiązuje zwykły plan.",
  read_now: "Odczytaj teraz",
  read_now_ask: "Odczytać samochód teraz? Kosztuje to około 0,002 $.",
  read_done: "Samochód odczytany.",
  yes: "Tak",
  no: "Nie",
  undo: "Cofnij",
  done_target: "Cel to teraz {target}.",
  done_departure: "Odjazd jest teraz o {time}.",
  done_shadow: "Od teraz plany są wysyłane do samochodu.",
  done_sync: "Ładowanie poza szczytem jest włączone.",
  done_special: "Zaplanowano: {target} na {ready_by}.",
  done_cancel: "Anulowano. Samochód wraca do zwykłego planu.",
  done_undo: "Cofnięto.",
  cancel: "Anuluj",
  cancel_ask: "Anulować {target} na {ready_by}?",
  cancel_session: "Anuluj {target} na {ready_by}",
  day_open: "Inny dzień …",
  day_title: "Inny cel na jeden dzień",
  day_label: "Dzień",
  day_confirm: "{day}: {target}",
  day_done: "{day}: {target} zamiast zwykłego celu.",
  undo_lost: "Znów obowiązuje zwykły plan. Jest za późno, by ponownie zaplanować {target} na {ready_by}.",
  special_title: "Naładuj do poziomu na czas",
  special_by: "Na kiedy",
  special_confirm: "Naładuj do {target} na {ready_by}",
  timed: "Ładowanie włącza i wyłącza Home Assistant: jeśli nie działa o {at}, samochód sam nie zacznie.",
  special_limit: "Limit ładowania zostanie na ten czas podniesiony, a potem przywrócony.",
  previewing: "Planuję …",
  preview_windows: "Ładowanie {windows}",
  preview_nothing: "Nie trzeba nic ładować.",
  // The card.
  waiting: "Czekam na integrację …",
  no_car: "Wybierz samochód w ustawieniach karty.",
  settings: "Ustawienia",
  strategy_description: "Karta dla każdego samochodu i dla konta oraz kalendarz.",
  strategy_empty: "Nie ma jeszcze samochodu. Dodaj Tesla Scout & Worker w ustawieniach urządzeń i usług.",
  card_name: "Tesla Scout: samochód",
  card_description: "Ile jest w baterii, kiedy się ładuje, ile to kosztuje i czy cel będzie osiągnięty.",
  account_card_name: "Tesla Scout: konto",
  account_card_description: "Ten miesiąc: rachunek Tesli, budżet i zapytania.",
  field_device: "Samochód",
  field_account_device: "Konto albo jeden z jego samochodów",
  field_name: "Nazwa",
  field_compact: "Zwarta (tablet na ścianie)",
  // The account.
  month: "Ten miesiąc",
  bill: "Rachunek Tesli",
  of_budget: "z {limit}",
  no_budget: "bez budżetu",
  bill_forecast: "w tym tempie {amount} do {date}",
  reads: "Odczyty",
  commands: "Polecenia",
  wakes: "Wybudzenia",
  charged: "Naładowano w domu",
  saved: "oszczędność {amount}",
  stage_normal: "w budżecie",
  stage_saving: "oszczędzanie: mniej odczytów",
  stage_essential: "tylko ładowanie specjalne",
  stage_stopped: "budżet wyczerpany"
}, Te = { en: gt, pl: Ae };
function T(s, t, e = {}) {
  return (Te[s.split("-")[0] ?? "en"] ?? gt)[t].replace(/\{(\w+)\}/g, (a, i) => String(e[i] ?? ""));
}
function O(s) {
  return s in gt;
}
function g(s) {
  return (t, e) => T(s.language, t, e);
}
function at(s, t, e) {
  const n = g(t), a = {
    target: s.target === null ? "" : t.percent(s.target),
    level: s.level === null ? "" : t.percent(Math.floor(s.level)),
    ready_by: s.ready_by === null ? "" : t.when(new Date(s.ready_by), e),
    plug_in_by: s.plug_in_by === null ? "" : t.soon(new Date(s.plug_in_by), e),
    spare: s.spare === null ? "" : t.duration(s.spare * 6e4)
  };
  if (s.key === "on_track" && (s.spare ?? 0) < 1) return n("v_on_track_now", a);
  const i = s.plug_in_by === null ? 1 / 0 : Date.parse(s.plug_in_by);
  return s.key === "plug_in" && i - e.getTime() < 6e4 ? n("v_plug_in_now", a) : n(`v_${s.key}`, a);
}
function Se(s, t, e) {
  if (s.key !== "plug_in" || s.latest === null || s.plug_in_by === null)
    return null;
  const n = new Date(s.latest);
  return n.getTime() - Date.parse(s.plug_in_by) < 3e5 ? null : g(t)("latest", { latest: t.soon(n, e) });
}
function Zt(s, t, e) {
  return s.map(({ start: n, end: a }) => `${t.soon(new Date(n), e)}–${t.time(new Date(a))}`).join(", ");
}
function Gt(s, t, e, n) {
  const a = s.map(({ start: i }) => new Date(i)).find((i) => i > n);
  return !t || !a ? null : g(e)("timed", { at: e.soon(a, n) });
}
function Ce(s, t, e, n, a, i) {
  if (s.kind === "repair") {
    const h = `component.${a}.issues.${s.key}.title`, p = n(h, s.placeholders);
    return p && p !== h ? p : null;
  }
  const r = `p_${s.key}`;
  if (!O(r)) return null;
  const { target: o, ready_by: c, reason: d } = s.placeholders;
  return g(t)(r, {
    target: o ? t.percent(Number(o)) : "",
    ready_by: c ? t.when(new Date(c), e) : "",
    reason: Kt(d ?? "", t, i)
  });
}
function je(s, t, e) {
  const n = new Date(s.since), a = {
    target: s.target === null ? "" : t.percent(s.target),
    since: t.when(n, e),
    until: t.when(new Date(s.until), e),
    // The day begins at midnight where Home Assistant is.
    day: t.dayName(new Date(n.getTime() + 12 * 36e5), e)
  }, i = s.kind === "vacation" && n > e;
  return g(t)(i ? "said_vacation_from" : `said_${s.kind}`, a);
}
function Kt(s, t, e) {
  const n = `reason_${s || "unknown"}`;
  return O(n) ? g(t)(n) : e(s);
}
const Ee = /* @__PURE__ */ new Set(["guard", "plan_kept", "latest_hours"]);
function De(s, t) {
  const e = s.saving ?? 0, n = s.reasons.filter((a) => !Ee.has(a));
  return (n.length ? n : s.reasons).slice(0, 3).map((a) => a === "prices_awaited" && e ? "r_prices_cheaper" : `r_${a}`).filter(O).map((a) => g(t)(a, { saving: t.percent(e) }));
}
function Vt(s) {
  if (s.cost === null || s.cost_now === null) return null;
  const t = s.cost_now - s.cost;
  return t >= 0.01 ? t : null;
}
const G = P`
  :host {
    --tsc-good: var(--success-color, #43a047);
    --tsc-warning: var(--warning-color, #ffa600);
    --tsc-bad: var(--error-color, #db4437);
    --tsc-text: var(--primary-text-color, #212121);
    --tsc-soft: var(--secondary-text-color, #727272);
    --tsc-line: var(--divider-color, rgba(0, 0, 0, 0.12));
    --tsc-accent: var(--primary-color, #03a9f4);
    --tsc-back: var(--ha-card-background, var(--card-background-color, #fff));
    display: block;
    color: var(--tsc-text);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  ha-card {
    display: block;
    height: 100%;
    container-type: inline-size;
    overflow: hidden;
  }
  .soft {
    color: var(--tsc-soft);
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    touch-action: manipulation;
  }
  button.act {
    min-height: 44px;
    min-width: 44px;
    padding: 0 16px;
    border-radius: 22px;
    border: 1px solid var(--tsc-line);
    font-weight: 500;
    white-space: normal;
  }
  button.act.main {
    border-color: var(--tsc-text);
    background: var(--tsc-text);
    color: var(--tsc-back);
  }
  button.act:hover {
    border-color: var(--tsc-text);
  }
  input[type="range"] {
    --share: calc((var(--at, 50) - 50) / 50 * 100%);
    appearance: none;
    flex: 1;
    min-width: 100px;
    height: 44px;
    margin: 0;
    background: none;
    cursor: pointer;
  }
  input[type="range"]::-webkit-slider-runnable-track {
    height: 6px;
    border-radius: 3px;
    background:
      linear-gradient(var(--tsc-accent), var(--tsc-accent)) 0 / var(--share) 100% no-repeat,
      color-mix(in srgb, var(--tsc-soft) 30%, transparent);
  }
  input[type="range"]::-moz-range-track {
    height: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--tsc-soft) 30%, transparent);
  }
  input[type="range"]::-moz-range-progress {
    height: 6px;
    border-radius: 3px;
    background: var(--tsc-accent);
  }
  input[type="range"]::-webkit-slider-thumb {
    appearance: none;
    width: 22px;
    height: 22px;
    margin-top: -8px;
    border: 2px solid var(--tsc-back);
    border-radius: 50%;
    background: var(--tsc-accent);
  }
  input[type="range"]::-moz-range-thumb {
    width: 18px;
    height: 18px;
    border: 2px solid var(--tsc-back);
    border-radius: 50%;
    background: var(--tsc-accent);
  }
  output {
    min-width: 52px;
    text-align: right;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button:focus-visible,
  input:focus-visible,
  [tabindex]:focus-visible {
    outline: 2px solid var(--tsc-accent);
    outline-offset: 2px;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`, Ne = 5e3;
class Yt {
  constructor(t, e) {
    this.command = t, this.show = e, this.turn = 0;
  }
  /** Listen to a device; to the same one only once. */
  start(t, e) {
    this.wanted !== e && (this.end(), this.wanted = e, this.listen(t, e, this.turn));
  }
  end() {
    this.turn += 1, this.wanted = void 0, clearTimeout(this.timer);
    const t = this.stop;
    this.stop = void 0, t?.().catch(() => {
    });
  }
  async listen(t, e, n) {
    try {
      const a = await t.connection.subscribeMessage(
        (i) => {
          n === this.turn && this.show(i);
        },
        { type: `${m}/${this.command}`, device_id: e }
      );
      n === this.turn ? this.stop = a : a().catch(() => {
      });
    } catch (a) {
      if (n !== this.turn) return;
      this.show(void 0, a), this.timer = setTimeout(() => {
        this.listen(t, e, n);
      }, Ne);
    }
  }
}
const Me = {
  device_id: "field_account_device",
  name: "field_name"
};
class Pe extends v {
  constructor() {
    super(...arguments), this.subscription = new Yt(
      "subscribe_account",
      (t, e) => {
        this.failure = e, t && (this.view = t);
      }
    );
  }
  static {
    this.properties = {
      hass: { attribute: !1 },
      config: { state: !0 },
      view: { state: !0 },
      failure: { state: !0 }
    };
  }
  static getConfigForm() {
    return {
      schema: [
        { name: "device_id", selector: { device: { filter: { integration: m } } } },
        { name: "name", selector: { text: {} } }
      ],
      computeLabel: (t) => {
        const e = document.documentElement.lang || navigator.language || "en", n = Me[t.name], a = new Q({ language: e, config: { time_zone: "UTC" } });
        return n ? g(a)(n) : t.name;
      }
    };
  }
  static getStubConfig(t) {
    const e = Tt(t);
    return e ? { device_id: e } : {};
  }
  setConfig(t) {
    this.config = t, this.subscription.end(), this.view = void 0;
  }
  getCardSize() {
    return 3;
  }
  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }
  connectedCallback() {
    super.connectedCallback(), this.requestUpdate();
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this.subscription.end();
  }
  willUpdate() {
    const { hass: t, config: e } = this;
    if (!t || !e || !this.isConnected) return;
    const n = e.device_id ?? Tt(t);
    n && this.subscription.start(t, n);
  }
  render() {
    const { hass: t, config: e, view: n } = this;
    if (!t || !e) return u;
    const a = new Q(t), i = g(a);
    if (!n) {
      const c = this.failure ? C(t, this.failure) : i("waiting");
      return l`<ha-card
        ><div class="card"><p role="status">${c}</p></div></ha-card
      >`;
    }
    const r = e.name || n.name, o = n.stage !== null;
    return l`<ha-card>
      <section class="card" aria-label=${r}>
        <div class="title">
          <h2>${r}</h2>
          <span class="soft">${o ? this.month(n, a) : ""}</span>
          ${t.user && !t.user.is_admin ? u : l`<button class="act" @click=${() => qt(et)}>
                  ${i("settings")}
                </button>`}
        </div>
        ${n.signed_out ? l`<p>${i("v_signed_out")}</p>` : u}
        ${o ? this.bill(n, a) : u}
        ${o ? this.charging(n, a) : u}
      </section>
    </ha-card>`;
  }
  month(t, e) {
    const n = /* @__PURE__ */ new Date(`${t.month}-15T12:00:00Z`);
    return new Intl.DateTimeFormat(e.language, { month: "long", year: "numeric" }).format(
      n
    );
  }
  bill(t, e) {
    const n = g(e), a = `stage_${t.stage ?? ""}`, i = t.limit ? Math.min(100, 100 * t.cost / t.limit) : 0, r = t.limit === null ? n("no_budget") : n("of_budget", { limit: e.money(t.limit, t.currency) }), o = t.next_reset ? new Intl.DateTimeFormat(e.language, { day: "numeric", month: "short" }).format(
      new Date(Date.parse(t.next_reset) - 1)
    ) : "";
    return l`
      <div class="bill">
        <span class="soft">${n("bill")}</span>
        <span><b>${e.money(t.cost, t.currency)}</b> ${r}</span>
      </div>
      ${t.limit ? l`<div class="meter" aria-hidden="true">
              <div class=${t.stage ?? ""} style=${`width:${i}%`}></div>
            </div>` : u}
      <div class="soft small">
        ${[
      ...t.forecast === null ? [] : [
        n("bill_forecast", {
          amount: e.money(t.forecast, t.currency),
          date: o
        })
      ],
      ...O(a) ? [n(a)] : []
    ].join(" · ")}
      </div>
      <dl>
        ${[
      ["reads", t.reads],
      ["commands", t.commands],
      ["wakes", t.wakes]
    ].map(
      ([c, d]) => l`<div>
              <dt>${n(c)}</dt>
              <dd>${e.number(d)}</dd>
            </div>`
    )}
      </dl>
    `;
  }
  charging(t, e) {
    const n = g(e);
    return t.cars.filter((i) => i.currency !== null && i.energy > 0).map((i) => {
      const r = i.currency, o = i.on_arrival - i.cost, c = [
        e.energy(i.energy),
        e.money(i.cost, r),
        ...o >= 0.01 ? [n("saved", { amount: e.money(o, r) })] : []
      ], d = t.cars.length > 1 ? ` (${i.name})` : "";
      return l`<div class="bill">
        <span class="soft">${n("charged")}${d}</span><span>${c.join(" · ")}</span>
      </div>`;
    });
  }
  static {
    this.styles = [
      G,
      P`
      .card {
        display: grid;
        gap: 8px;
        padding: 16px;
      }
      .title,
      .bill {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: baseline;
        gap: 2px 16px;
      }
      h2 {
        margin: 0;
        font-size: 18px;
        font-weight: 500;
      }
      .meter {
        height: 8px;
        border-radius: 4px;
        overflow: hidden;
        background: color-mix(in srgb, var(--tsc-soft) 22%, transparent);
      }
      .meter div {
        height: 100%;
        background: var(--tsc-good);
      }
      .meter .saving,
      .meter .essential {
        background: var(--tsc-warning);
      }
      .meter .stopped {
        background: var(--tsc-bad);
      }
      .small {
        font-size: 12px;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 28px;
        margin: 0;
      }
      dt {
        font-size: 12px;
        color: var(--tsc-soft);
      }
      dd {
        margin: 0;
        font-size: 17px;
        font-weight: 500;
      }
      p {
        margin: 0;
      }
    `
    ];
  }
}
async function q({ hass: s }, t, e, n) {
  await s.callService(t, e, n, void 0, !1);
}
function b(s, t, e = {}) {
  return q(s, m, t, { device_id: s.device, ...e });
}
async function K({ hass: s, device: t, format: e, now: n, t: a }, i, r) {
  const o = { device_id: t, override: i, ...r === void 0 ? {} : { date: r } }, c = await s.callService(m, "cancel_override", o, void 0, !1, !0), [d] = c?.response?.lost ?? [];
  if (d)
    return a("undo_lost", {
      target: e.percent(d.target),
      ready_by: e.when(new Date(d.until), n)
    });
}
function Jt({ since: s }) {
  return new Date(Date.parse(s) + 12 * 36e5).toISOString().slice(0, 10);
}
function Xt(s, { format: t, now: e }) {
  return {
    target: t.percent(s.target),
    ready_by: t.when(new Date(s.ready_by), e)
  };
}
function Oe(s) {
  const { hass: t, view: e, format: n, t: a, form: i } = s;
  if (e.verdict.key === "not_loaded" || e.verdict.key === "signed_out") return u;
  const r = t.services[m] ?? {}, o = [
    St(s, "special", a("charge_to", { target: n.percent(100) }))
  ];
  "set_target" in r && e.sync && o.push(St(s, "day", a("day_open"))), "charge_now" in r && !e.plans.some((d) => d.source === "charge_now") && o.push(rt(s, a("charge_now"), () => Ie(s)));
  const c = e.overrides.some(({ kind: d }) => d === "skip");
  return "skip_charging" in r && e.sync && !e.shadow && !c && o.push(rt(s, a("skip"), () => Qt(s))), "scout_now" in r && o.push(rt(s, a("read_now"), () => Re(s))), l`
    ${Be(s)}
    <div class="buttons">${o}</div>
    ${i === void 0 ? u : Ue(s)}
  `;
}
function Ue(s) {
  const { hass: t, view: e, format: n, now: a, device: i, form: r } = s;
  if (i === void 0) return u;
  const o = () => s.open(void 0);
  return r === "special" ? l`<tesla-scout-special
        .hass=${t}
        .format=${n}
        .view=${e}
        .now=${a}
        .device=${i}
        @special-closed=${o}
        @special-added=${(c) => Le(s, c)}
      ></tesla-scout-special>` : l`<tesla-scout-day
        .hass=${t}
        .format=${n}
        .view=${e}
        .now=${a}
        .device=${i}
        @day-closed=${o}
        @day-set=${(c) => We(s, c)}
      ></tesla-scout-day>`;
}
function St(s, t, e) {
  const n = s.form === t, a = () => {
    s.open(n ? void 0 : t), s.ask(void 0);
  };
  return l`<button
    class="act"
    aria-expanded=${n ? "true" : "false"}
    ?disabled=${s.view.level === null}
    @click=${a}
  >
    ${e}
  </button>`;
}
function rt(s, t, e) {
  return l`<button class="act" ?disabled=${s.busy} @click=${() => s.ask(e())}>
    ${t}
  </button>`;
}
function Re(s) {
  const { t } = s;
  return {
    text: t("read_now_ask"),
    act: async () => (await b(s, "scout_now"), { text: t("read_done") })
  };
}
function Ie(s) {
  const { view: t, format: e, t: n } = s, a = t.plans.find((d) => d.session_id === null) ?? t.plans[0], i = a?.target ?? t.limit, r = i === null ? "" : e.percent(i), { currency: o } = t, c = a && a.cost_now !== null && a.cost !== null && o !== null ? {
    target: r,
    now: e.money(a.cost_now, o),
    planned: e.money(a.cost, o)
  } : void 0;
  return {
    text: c ? n("charge_now_ask", c) : n("charge_now_ask_plain", { target: r }),
    act: async () => (await b(s, "charge_now", i === null ? {} : { target: i }), {
      text: n("charge_now_done", { target: r }),
      undo: () => K(s, "charge_now")
    })
  };
}
function Qt(s, t) {
  const { hass: e, t: n } = s;
  return {
    text: t ?? n("skip_ask"),
    ...t === void 0 ? {} : { yes: n("skip_confirm") },
    act: async () => {
      try {
        await b(s, "skip_charging", t === void 0 ? {} : { confirm: !0 });
      } catch (a) {
        if (a.translation_key !== "skip_breaks_session" || t !== void 0) throw a;
        s.askNext(Qt(s, C(e, a)));
        return;
      }
      return { text: n("skip_done"), undo: () => K(s, "skip") };
    }
  };
}
function He(s, t) {
  const { format: e, t: n } = s;
  if (t.source === "charge_now") {
    s.ask({
      text: n("charge_now_cancel_ask", { target: e.percent(t.target) }),
      act: async () => {
        await K(s, "charge_now");
        const i = { target: t.target, until: t.ready_by };
        return { text: n("done_cancel"), undo: () => b(s, "charge_now", i) };
      }
    });
    return;
  }
  const a = { target: t.target, ready_by: t.ready_by };
  s.ask({
    text: n("cancel_ask", Xt(t, s)),
    act: async () => (await b(s, "cancel_special_charging", { session_id: t.session_id }), {
      text: n("done_cancel"),
      undo: () => b(s, "add_special_charging", a)
    })
  });
}
function Le(s, t) {
  const { format: e, now: n, t: a } = s, { id: i, target: r, by: o } = t.detail, c = a("done_special", {
    target: e.percent(r),
    ready_by: e.when(o, n)
  }), d = () => b(s, "cancel_special_charging", { session_id: i });
  s.open(void 0), s.say(i === void 0 ? { text: c } : { text: c, undo: d });
}
function We(s, t) {
  const { target: e, date: n, day: a } = t.detail, { format: i, t: r } = s;
  s.open(void 0), s.say({
    text: r("day_done", { target: i.percent(e), day: a }),
    undo: () => K(s, "target", n)
  });
}
function Be(s) {
  const { hass: t, view: e, t: n } = s, a = e.entities.target_level, i = e.entities.departure, r = a ? t.states[a] : void 0, o = i ? t.states[i]?.state : void 0, c = r && Number.isFinite(Number(r.state));
  return !c && !o ? u : l`<div class="settings">
    ${c ? Fe(s, a, r.attributes) : u}
    ${o && /^\d\d:\d\d/.test(o) ? l`<label
            ><span>${n("departs")}</span
            ><input
              type="time"
              .value=${o.slice(0, 5)}
              @change=${(d) => Ze(s, d, i, o)}
          /></label>` : u}
  </div>`;
}
function Fe(s, t, e) {
  const { hass: n, format: a, t: i, dragged: r } = s, o = r ?? Number(n.states[t]?.state);
  return l`<label class="slide"
    ><span>${i("target")}</span
    ><input
      type="range"
      min=${Number(e.min ?? 50)}
      max=${Number(e.max ?? 100)}
      step="1"
      .value=${String(o)}
      style=${`--at:${o}`}
      aria-valuetext=${a.percent(o)}
      @input=${(c) => s.drag(Number(c.target.value))}
      @change=${(c) => qe(s, c, t)}
    /><output>${a.percent(o)}</output></label
  >`;
}
function qe(s, t, e) {
  const { hass: n, format: a, t: i } = s, r = Number(t.target.value), o = Number(n.states[e]?.state), c = (d) => q(s, "number", "set_value", { entity_id: e, value: d });
  s.act(async () => (await c(r), { text: i("done_target", { target: a.percent(r) }), undo: () => c(o) })).then(() => s.drag(void 0));
}
function Ze(s, t, e, n) {
  const { value: a } = t.target;
  if (!/^\d\d:\d\d/.test(a)) return;
  const i = (r) => q(s, "time", "set_value", { entity_id: e, time: r });
  s.act(async () => (await i(`${a.slice(0, 5)}:00`), { text: s.t("done_departure", { time: a }), undo: () => i(n) }));
}
const Ge = {
  shadow: "fix_shadow",
  off: "fix_off",
  no_prices: "fix_options",
  budget_essential: "fix_options",
  budget_stopped: "fix_options"
};
function Ct(s) {
  const { view: t, format: e, hass: n, now: a } = s, i = (o) => Ft(n, o), r = t.problems.map((o) => ({
    problem: o,
    text: Ce(o, e, a, n.localize, m, i)
  })).filter((o) => o.text !== null);
  return !r.length && t.verdict.key !== "not_loaded" ? u : l`<ul class="problems" role="list">
    ${r.map(
    ({ problem: o, text: c }) => l`<li><span>${c}</span>${Ke(s, o)}</li>`
  )}
    ${t.verdict.key === "not_loaded" && !r.length ? l`<li><span></span>${J(s, "fix_devices", et)}</li>` : u}
  </ul>`;
}
function Ke(s, t) {
  const { view: e, busy: n, t: a } = s;
  if (t.kind === "repair")
    return t.key.startsWith("signed_out") ? J(s, "fix_sign_in", et) : J(s, "fix_repair", "/config/repairs");
  const i = Ge[t.key];
  if (i === void 0) return u;
  if (i === "fix_options") return J(s, i, et);
  const [r, o, c, d] = t.key === "shadow" ? ["shadow_mode", "turn_off", "turn_on", "done_shadow"] : ["off_peak_sync", "turn_on", "turn_off", "done_sync"], h = e.entities[r];
  return h ? l`<button class="act main" ?disabled=${n} @click=${() => s.act(async () => (await q(s, "switch", o, { entity_id: h }), { text: a(d), undo: () => q(s, "switch", c, { entity_id: h }) }))}>${a(i)}</button>` : u;
}
function J({ hass: s, t }, e, n) {
  return s.user && !s.user.is_admin ? u : l`<button class="act main" @click=${() => qt(n)}>${t(e)}</button>`;
}
const Ve = 6e4;
function Ye(s, t) {
  const { view: e, format: n, t: a } = s, i = e.level === null ? a("unknown_level") : n.percent(e.level), r = e.plans[0]?.target ?? e.limit;
  return l`<div class="head">
    <div class="number">
      <span class="hidden">${a("level")}</span>
      <span class="percent">${i}</span>
    </div>
    <div class="about">
      <h2>${t}</h2>
      <div class="soft">${Je(s).join(" · ")}</div>
    </div>
    <div class="battery" aria-hidden="true">
      <div class="fill" style=${`width:${e.level ?? 0}%`}></div>
      ${r === null ? u : l`<div class="goal" style=${`left:${r}%`}></div>`}
    </div>
  </div>`;
}
function Je({ view: s, format: t, now: e, t: n }) {
  const a = [];
  if (s.charging) {
    const { power: i } = s;
    a.push(i ? n("charging_at", { power: t.number(i) }) : n("charging"));
  } else s.plugged_in !== null ? a.push(n(s.plugged_in ? "plugged_in" : "unplugged")) : s.seen_at !== null && a.push(n("plug_unknown"));
  if (s.at_home !== null && a.push(n(s.at_home ? "home" : "away")), s.connectivity === "asleep" && a.push(n("asleep")), s.connectivity === "offline" && a.push(n("offline")), s.limit !== null && a.push(n("limit", { limit: t.percent(s.limit) })), s.seen_at !== null) {
    const i = e.getTime() - Date.parse(s.seen_at);
    a.push(i < Ve ? n("seen_now") : n("seen", { ago: t.duration(i) }));
  }
  return a;
}
function Xe({ view: s, format: t, now: e }) {
  const { verdict: n } = s, a = Se(n, t, e);
  return l`<p class=${`verdict ${n.tone}`} role="status">
    <strong>${at(n, t, e)}</strong>
    ${a === null ? u : l`<span class="soft">${a}</span>`}
  </p>`;
}
function Qe(s) {
  const { view: t, format: e, now: n, t: a } = s, [i, ...r] = t.plans;
  if (!i || t.verdict.key === "signed_out") return u;
  const { currency: o } = t, c = Vt(i);
  return l`<dl class="facts">${en(s, i)} ${nn(s, i)}</dl>
    ${c === null || o === null || !i.windows.length ? u : l`<p class="soft small">${a("saves", { amount: e.money(c, o) })}</p>`}
    ${tn(s, i)} ${t.overrides.map((d) => sn(s, d))}
    ${t.plans.filter((d) => d.session_id !== null).map((d) => rn(s, d))}
    ${r.filter((d) => d.session_id === null && d.verdict.key !== "reached").map(
    (d) => l`<p class="soft more">
            ${a("then")}: ${at(d.verdict, e, n)}
          </p>`
  )}`;
}
function tn({ view: s, format: t, now: e }, n) {
  const a = Gt(n.windows, s.timed, t, e);
  return a === null ? u : l`<p class="soft small">${a}</p>`;
}
function en({ view: s, format: t, now: e, t: n }, a) {
  if (!a.windows.length && a.verdict.key === "reached") return u;
  const i = a.windows.find(({ start: c }) => Date.parse(c) <= e.getTime()), r = Zt(a.windows, t, e), o = i && s.charging ? n("charges_now", { end: t.time(new Date(i.end)) }) : r || n("nothing_planned");
  return l`<div>
    <dt>${n(s.shadow && !a.session_id ? "would_charge" : "charges")}</dt>
    <dd>${o}</dd>
  </div>`;
}
function nn({ view: s, format: t, t: e }, n) {
  if (!n.windows.length) return u;
  const { currency: a } = s;
  return l`<div>
      <dt>${e("energy")}</dt>
      <dd>${t.energy(n.energy)}</dd>
    </div>
    ${a === null ? u : l`<div>
            <dt>${e("cost")}</dt>
            <dd>
              ${n.cost === null ? l`<span class="unknown">${e("cost_unknown")}</span>` : t.money(n.cost, a)}
            </dd>
          </div>`}`;
}
function sn(s, t) {
  const { format: e, now: n, t: a } = s, i = je(t, e, n), r = t.kind === "target" ? Jt(t) : void 0, o = () => s.act(async () => ({ text: await K(s, t.kind, r) ?? a("said_cancelled"), undo: () => an(s, t) }));
  return te(s, i, `${a("cancel")}: ${i}`, o);
}
function an(s, { kind: t, since: e, until: n, target: a }) {
  return t === "skip" ? b(s, "skip_charging", { until: n, confirm: !0 }) : t === "target" ? b(s, "set_target", { target: a, date: Jt({ since: e }) }) : b(s, "start_vacation", { start: e, end: n, level: a });
}
function rn(s, t) {
  const { view: e, format: n, hass: a, now: i, t: r } = s, o = `state_${t.state ?? ""}`, c = (f) => Kt(f, n, (y) => Ft(a, y)), d = [
    on(t, s),
    ...t === e.plans[0] ? [] : [at(t.verdict, n, i)],
    ...O(o) ? [r(o)] : [],
    ...t.waits_for ? [r("waits", { reason: c(t.waits_for) })] : []
  ], h = r("cancel_session", Xt(t, s)), p = t.cancellable ? () => He(s, t) : void 0;
  return te(s, d.join(" · "), h, p);
}
function on(s, { format: t, t: e }) {
  return s.source === "charge_now" ? e("charge_now_row", { target: t.percent(s.target) }) : e(s.source === "target_of_day" ? "target_of_day_row" : "special");
}
function te({ busy: s, compact: t, t: e }, n, a, i) {
  const r = i && !t ? l`<button class="act" aria-label=${a} ?disabled=${s} @click=${i}>
          ${e("cancel")}
        </button>` : u;
  return l`<div class="session"><span>${n}</span>${r}</div>`;
}
const cn = [
  G,
  P`
    .card {
      display: grid;
      gap: 14px;
      padding: 16px;
    }
    .state {
      display: grid;
      gap: 12px;
      align-content: start;
    }
    .head {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      column-gap: 16px;
      align-items: center;
    }
    .percent {
      font-size: 40px;
      font-weight: 600;
      line-height: 1.1;
      white-space: nowrap;
      font-variant-numeric: tabular-nums;
    }
    h2 {
      margin: 0;
      font-size: 18px;
      font-weight: 500;
      line-height: 1.3;
    }
    .battery {
      position: relative;
      grid-column: 1 / -1;
      height: 8px;
      margin-top: 8px;
      border-radius: 4px;
      background: color-mix(in srgb, var(--tsc-soft) 22%, transparent);
    }
    .fill {
      height: 100%;
      border-radius: 4px;
      background: var(--tsc-good);
    }
    .goal {
      position: absolute;
      top: -3px;
      width: 3px;
      height: 14px;
      margin-left: -2px;
      border-radius: 2px;
      background: var(--tsc-text);
    }
    .verdict {
      margin: 0;
      padding: 10px 12px;
      border-left: 5px solid var(--tsc-soft);
      border-radius: 4px 8px 8px 4px;
      background: color-mix(in srgb, var(--tsc-soft) 12%, transparent);
      font-size: 17px;
    }
    .verdict strong {
      font-weight: 600;
    }
    .verdict .soft {
      display: block;
      font-size: 14px;
      color: var(--tsc-text);
      opacity: 0.85;
    }
    .verdict.good {
      border-color: var(--tsc-good);
      background: color-mix(in srgb, var(--tsc-good) 14%, transparent);
    }
    .verdict.warning {
      border-color: var(--tsc-warning);
      background: color-mix(in srgb, var(--tsc-warning) 16%, transparent);
    }
    .verdict.bad {
      border-color: var(--tsc-bad);
      background: color-mix(in srgb, var(--tsc-bad) 14%, transparent);
    }
    .problems {
      display: grid;
      gap: 8px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .problems li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 8px 12px;
      padding: 8px 8px 8px 12px;
      border-radius: 8px;
      border: 1px solid var(--tsc-warning);
    }
    .problems span {
      flex: 1 1 180px;
    }
    .facts {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 24px;
      margin: 0;
    }
    dt {
      font-size: 12px;
      color: var(--tsc-soft);
    }
    dd {
      margin: 0;
      font-size: 17px;
      font-weight: 500;
    }
    p.small {
      margin: -8px 0 0;
      font-size: 12px;
    }
    .session button {
      flex: none;
    }
    dd .unknown {
      font-weight: 400;
    }
    .session {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 6px 12px;
    }
    .more {
      margin: 0;
    }
    .settings,
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 20px;
      align-items: center;
    }
    .buttons {
      gap: 8px;
    }
    .settings label {
      display: flex;
      align-items: center;
      gap: 10px;
    }
    .settings .slide {
      flex: 1 1 240px;
      max-width: 480px;
    }
    input[type="time"] {
      font: inherit;
      color: inherit;
      color-scheme: inherit;
      min-height: 44px;
      padding: 0 10px;
      border-radius: 8px;
      border: 1px solid var(--tsc-line);
      background: transparent;
    }
    .talk:empty {
      display: none;
    }
    .box {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 8px 8px 8px 12px;
      border-radius: 8px;
      background: color-mix(in srgb, var(--tsc-accent) 12%, transparent);
    }
    .box span {
      flex: 1 1 160px;
    }
    @container (min-width: 760px) {
      .card:not(.compact) {
        grid-template-columns: minmax(300px, 2fr) 3fr;
        column-gap: 28px;
      }
      .settings,
      .buttons,
      .talk,
      tesla-scout-special,
      .card > .problems {
        grid-column: 1 / -1;
      }
    }
    .compact {
      gap: 20px;
      padding: 20px;
    }
    .compact .state {
      gap: 18px;
    }
    .compact .percent {
      font-size: clamp(48px, 12cqw, 80px);
    }
    .compact h2 {
      font-size: 24px;
    }
    .compact .verdict,
    .compact dd {
      font-size: 24px;
    }
    .compact .soft,
    .compact dt {
      font-size: 16px;
    }
  `
], dn = 6e4;
class ln extends v {
  constructor() {
    super(), this.ahead = 0, this.subscription = new Yt("subscribe_car", (t, e) => {
      this.failure = e, t && (this.view = t, this.ahead = Date.parse(t.at) - Date.now(), this.now = this.serverTime());
    }), this.now = /* @__PURE__ */ new Date(), this.busy = !1;
  }
  static {
    this.properties = {
      hass: { attribute: !1 },
      preview: { attribute: !1 },
      config: { state: !0 },
      view: { state: !0 },
      failure: { state: !0 },
      now: { state: !0 },
      question: { state: !0 },
      answer: { state: !0 },
      form: { state: !0 },
      busy: { state: !0 },
      target: { state: !0 }
    };
  }
  static getConfigForm() {
    return {
      schema: [
        {
          name: "device_id",
          selector: { device: { filter: { integration: m, manufacturer: "Tesla" } } }
        },
        { name: "name", selector: { text: {} } },
        { name: "compact", selector: { boolean: {} } }
      ],
      computeLabel: (t) => un(t.name)
    };
  }
  static getStubConfig(t) {
    const e = tt(t)[0]?.id;
    return e ? { device_id: e } : {};
  }
  setConfig(t) {
    if (t.device_id !== void 0 && typeof t.device_id != "string")
      throw new Error("device_id is the id of a device");
    this.config = t, this.subscription.end(), this.view = void 0;
  }
  getCardSize() {
    return this.config?.compact ? 6 : 9;
  }
  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }
  connectedCallback() {
    super.connectedCallback(), this.now = this.serverTime(), this.clock = setInterval(() => this.now = this.serverTime(), dn / 2), this.requestUpdate();
  }
  disconnectedCallback() {
    super.disconnectedCallback(), clearInterval(this.clock), this.subscription.end();
  }
  /** The time of Home Assistant: a tablet on a wall may have another one. */
  serverTime() {
    return new Date(Date.now() + this.ahead);
  }
  /** The car of the configuration; without one the only car, or the first. */
  get device() {
    return this.config?.device_id ? this.config.device_id : this.hass ? tt(this.hass)[0]?.id : void 0;
  }
  willUpdate() {
    const { hass: t, device: e } = this;
    if (!t || !this.config || !this.isConnected) return;
    e && this.subscription.start(t, e);
    const n = t.locale?.language ?? t.language;
    this.loadedLanguage !== n && (this.loadedLanguage = n, Promise.all(
      ["issues", "exceptions"].map((a) => t.loadBackendTranslation?.(a, m))
    ).then(() => this.requestUpdate()));
  }
  render() {
    const { hass: t, config: e, view: n } = this;
    if (!t || !e) return u;
    const a = new Q(t), i = g(a), r = e.compact === !0;
    if (!n) {
      const d = this.failure ? C(t, this.failure) : i("waiting");
      return l`<ha-card>
        <div class="card"><p role="status">${this.device ? d : i("no_car")}</p></div>
      </ha-card>`;
    }
    const o = e.name || n.name, c = this.context(t, n, a, i);
    return l`<ha-card>
      <section class=${r ? "card compact" : "card"} aria-label=${o}>
        <div class="state">
          ${Ye(c, o)} ${r ? u : Ct(c)} ${Xe(c)}
          ${Qe(c)}
        </div>
        ${n.prices.length ? l`<tesla-scout-strip
                .view=${n}
                .format=${a}
                .now=${this.now}
              ></tesla-scout-strip>` : u}
        ${r ? Ct(c) : Oe(c)}
        <div class="talk" aria-live="polite">${this.talk(i)}</div>
      </section>
    </ha-card>`;
  }
  /** What the parts of the card know of it, and may ask it to do. */
  context(t, e, n, a) {
    const { now: i, device: r, busy: o, form: c, target: d } = this;
    return {
      hass: t,
      view: e,
      format: n,
      t: a,
      now: i,
      device: r,
      busy: o,
      form: c,
      dragged: d,
      compact: this.config?.compact === !0,
      ask: (h) => this.question = h,
      askNext: (h) => this.next = h,
      say: (h) => this.answer = h,
      act: (h) => this.act(h),
      open: (h) => this.form = h,
      drag: (h) => this.target = h
    };
  }
  /** A question before what costs; an answer after what was done. */
  talk(t) {
    const { question: e, answer: n } = this;
    if (e)
      return l`<div class="box">
        <span>${e.text}</span>
        <button class="act main" ?disabled=${this.busy} @click=${() => this.act(e.act)}>
          ${e.yes ?? t("yes")}
        </button>
        <button class="act" @click=${() => this.question = void 0}>${t("no")}</button>
      </div>`;
    if (!n) return u;
    const { undo: a } = n;
    return l`<div class="box">
      <span>${n.text}</span>
      ${a ? l`<button
              class="act"
              ?disabled=${this.busy}
              @click=${() => this.act(async () => ({ text: await a() ?? t("done_undo") }))}
            >
              ${t("undo")}
            </button>` : u}
      <button class="act" aria-label=${t("close")} @click=${() => this.answer = void 0}>
        ✕
      </button>
    </div>`;
  }
  async act(t) {
    this.busy = !0;
    try {
      this.answer = await t();
    } catch (e) {
      this.answer = { text: this.hass ? C(this.hass, e) : String(e) };
    } finally {
      this.busy = !1, this.question = this.next, this.next = void 0;
    }
  }
  static {
    this.styles = cn;
  }
}
function un(s) {
  const t = document.documentElement.lang || navigator.language || "en", e = `field_${s === "device_id" ? "device" : s}`, n = new Q({ language: t, config: { time_zone: "UTC" } });
  return O(e) ? g(n)(e) : s;
}
function hn(s, t) {
  const e = s.entities[t];
  if (e?.platform !== m || !e.device_id) return null;
  const n = tt(s).find(({ id: a }) => a === e.device_id);
  return n ? {
    label: F(n),
    config: { type: "custom:tesla-scout-card", device_id: n.id }
  } : null;
}
const ee = P`
  form {
    display: grid;
    gap: 10px;
    padding: 14px;
    border-radius: 12px;
    border: 1px solid var(--tsc-line);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    flex-wrap: wrap;
  }
  .row.end {
    justify-content: flex-end;
  }
  label {
    min-width: 64px;
  }
  .times {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: 8px;
  }
  .chip[aria-pressed="true"] {
    border-color: var(--tsc-text);
    box-shadow: inset 0 0 0 1px var(--tsc-text);
  }
  input[type="datetime-local"],
  input[type="date"] {
    font: inherit;
    color: inherit;
    color-scheme: inherit;
    min-height: 44px;
    padding: 0 10px;
    border-radius: 8px;
    border: 1px solid var(--tsc-line);
    background: transparent;
    box-sizing: border-box;
    max-width: 100%;
  }
  p {
    margin: 0;
  }
  .preview {
    min-height: 63px;
  }
  .verdict {
    font-weight: 600;
  }
  .bad {
    border-left: 4px solid var(--tsc-bad);
    padding-left: 8px;
  }
  .good {
    border-left: 4px solid var(--tsc-good);
    padding-left: 8px;
  }
  .warning {
    border-left: 4px solid var(--tsc-warning);
    padding-left: 8px;
  }
`, pn = 24 * 36e5, gn = [0, 1, 2, 3, 4, 5, 6];
class _n extends v {
  static {
    this.properties = {
      hass: { attribute: !1 },
      format: { attribute: !1 },
      view: { attribute: !1 },
      device: { attribute: !1 },
      now: { attribute: !1 },
      target: { state: !0 },
      date: { state: !0 },
      error: { state: !0 },
      busy: { state: !0 }
    };
  }
  constructor() {
    super(), this.target = 100, this.date = "", this.busy = !1;
  }
  connectedCallback() {
    super.connectedCallback(), this.date ||= this.dateIn(1);
  }
  firstUpdated() {
    this.renderRoot.querySelector("input")?.focus();
  }
  render() {
    const t = g(this.format), e = { target: this.format.percent(this.target), day: this.dayName(this.date) };
    return l`
      <form @submit=${this.confirm} aria-label=${t("day_title")}>
        <div class="row">
          <label for="target">${t("target")}</label>
          <input
            id="target"
            type="range"
            min="50"
            max="100"
            step="1"
            .value=${String(this.target)}
            style=${`--at:${this.target}`}
            aria-valuetext=${e.target}
            @input=${(n) => this.target = Number(n.target.value)}
          />
          <output for="target">${e.target}</output>
        </div>
        <div class="row">
          <label for="date">${t("day_label")}</label>
          <div class="times">
            ${gn.map((n) => this.chip(this.dateIn(n)))}
            <input
              id="date"
              type="date"
              min=${this.dateIn(0)}
              .value=${this.date}
              @change=${this.typed}
            />
          </div>
        </div>
        <div aria-live="polite">
          ${this.error ? l`<p class="bad">${this.error}</p>` : u}
          ${this.view.limit !== null && this.target > this.view.limit ? l`<p class="soft">${t("special_limit")}</p>` : u}
        </div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button type="submit" class="act main" ?disabled=${this.busy || !this.date}>
            ${t("day_confirm", e)}
          </button>
        </div>
      </form>
    `;
  }
  chip(t) {
    return l`<button
      type="button"
      class="act chip"
      aria-pressed=${t === this.date ? "true" : "false"}
      @click=${() => this.choose(t)}
    >
      ${this.dayName(t)}
    </button>`;
  }
  dateIn(t) {
    const e = this.format.instant(`${this.format.local(this.now).slice(0, 10)}T12:00`);
    return this.format.local(new Date(e.getTime() + t * pn)).slice(0, 10);
  }
  dayName(t) {
    return t ? this.format.dayName(this.format.instant(`${t}T12:00`), this.now) : "";
  }
  typed(t) {
    const { value: e } = t.target;
    e && this.choose(e);
  }
  choose(t) {
    this.date = t, this.error = void 0;
  }
  async confirm(t) {
    if (t.preventDefault(), this.busy || !this.date) return;
    const { device: e, target: n, date: a } = this;
    this.busy = !0, this.error = void 0;
    try {
      const i = { device_id: e, target: n, date: a };
      await this.hass.callService(m, "set_target", i, void 0, !1);
      const r = { target: n, date: a, day: this.dayName(a) };
      this.dispatchEvent(new CustomEvent("day-set", { detail: r }));
    } catch (i) {
      this.error = C(this.hass, i);
    } finally {
      this.busy = !1;
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("day-closed"));
  }
  static {
    this.styles = [
      G,
      ee,
      P`
      input[type="date"] {
        min-width: 150px;
      }
    `
    ];
  }
}
const R = 36e5, fn = 300;
class mn extends v {
  constructor() {
    super(), this.asked = 0, this.target = 100, this.busy = !1;
  }
  static {
    this.properties = {
      hass: { attribute: !1 },
      format: { attribute: !1 },
      view: { attribute: !1 },
      device: { attribute: !1 },
      now: { attribute: !1 },
      target: { state: !0 },
      by: { state: !0 },
      plan: { state: !0 },
      error: { state: !0 },
      busy: { state: !0 }
    };
  }
  connectedCallback() {
    super.connectedCallback(), this.by ??= this.choices()[0]?.at, this.ask(0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), clearTimeout(this.timer);
  }
  firstUpdated() {
    this.renderRoot.querySelector("input")?.focus();
  }
  render() {
    const t = g(this.format), { now: e } = this, n = {
      target: this.format.percent(this.target),
      ready_by: this.by ? this.format.when(this.by, e) : ""
    };
    return l`
      <form @submit=${this.confirm} aria-label=${t("special_title")}>
        <div class="row">
          <label for="target">${t("target")}</label>
          <input
            id="target"
            type="range"
            min="50"
            max="100"
            step="1"
            .value=${String(this.target)}
            style=${`--at:${this.target}`}
            aria-valuetext=${n.target}
            @input=${this.moved}
          />
          <output for="target">${n.target}</output>
        </div>
        <div class="row">
          <label for="by">${t("special_by")}</label>
          <div class="times">
            ${this.choices().map(
      ({ at: a }) => l`<button
                  type="button"
                  class="act chip"
                  aria-pressed=${a.getTime() === this.by?.getTime() ? "true" : "false"}
                  @click=${() => this.choose(a)}
                >
                  ${this.format.when(a, e)}
                </button>`
    )}
            <input
              id="by"
              type="datetime-local"
              step="300"
              .value=${this.by ? this.format.local(this.by) : ""}
              @change=${this.typed}
            />
          </div>
        </div>
        <div class="preview" aria-live="polite">${this.preview(e)}</div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button
            type="submit"
            class="act main"
            ?disabled=${this.busy || !this.plan || this.plan.verdict.key === "reached"}
          >
            ${t("special_confirm", n)}
          </button>
        </div>
      </form>
    `;
  }
  preview(t) {
    const e = g(this.format);
    if (this.error) return l`<p class="bad">${this.error}</p>`;
    const { plan: n } = this;
    if (!n) return l`<p class="soft">${e("previewing")}</p>`;
    const { currency: a } = this.view, i = Vt(n), r = Gt(n.windows, this.view.timed, this.format, t), o = [
      n.windows.length ? e("preview_windows", { windows: Zt(n.windows, this.format, t) }) : e("preview_nothing"),
      ...n.windows.length ? [this.format.energy(n.energy)] : [],
      ...n.cost !== null && a ? [this.format.money(n.cost, a)] : []
    ];
    return l`
      <p class=${`verdict ${n.verdict.tone}`}>
        ${at(n.verdict, this.format, t)}
      </p>
      <p>${o.join(" · ")}</p>
      ${i !== null && a ? l`<p class="soft">${e("saves", { amount: this.format.money(i, a) })}</p>` : u}
      ${r === null ? u : l`<p class="soft">${r}</p>`}
      ${this.view.limit !== null && this.target > this.view.limit ? l`<p class="soft">${e("special_limit")}</p>` : u}
    `;
  }
  /** Times that people mean: the next departure, and the one a day after it. */
  choices() {
    const t = this.view?.departure ? new Date(this.view.departure) : new Date(Math.ceil((this.now.getTime() + 8 * R) / R) * R), e = [t.getTime(), t.getTime() + 24 * R], n = this.now.getTime() + R;
    return e.filter((a) => a > n).map((a) => ({ at: new Date(a) }));
  }
  moved(t) {
    this.target = Number(t.target.value), this.ask(fn);
  }
  typed(t) {
    const { value: e } = t.target;
    e && this.choose(this.format.instant(e));
  }
  choose(t) {
    this.by = t, this.ask(0);
  }
  ask(t) {
    clearTimeout(this.timer), this.asked += 1, this.plan = void 0, this.error = void 0;
    const e = this.asked;
    this.timer = setTimeout(() => {
      this.loadPlan(e);
    }, t);
  }
  async loadPlan(t) {
    if (this.by)
      try {
        const e = await this.hass.callWS({
          type: `${m}/preview_plan`,
          device_id: this.device,
          target: this.target,
          ready_by: this.by.toISOString()
        });
        t === this.asked && (this.plan = e);
      } catch (e) {
        t === this.asked && (this.error = C(this.hass, e));
      }
  }
  async confirm(t) {
    if (t.preventDefault(), !(!this.by || !this.plan || this.busy)) {
      this.busy = !0;
      try {
        const e = await this.hass.callService(
          m,
          "add_special_charging",
          { device_id: this.device, target: this.target, ready_by: this.by.toISOString() },
          void 0,
          !1,
          !0
        );
        this.dispatchEvent(
          new CustomEvent("special-added", {
            detail: { id: e?.response?.session_id, target: this.target, by: this.by }
          })
        );
      } catch (e) {
        this.error = C(this.hass, e);
      } finally {
        this.busy = !1;
      }
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("special-closed"));
  }
  static {
    this.styles = [G, ee];
  }
}
function yn(s) {
  return [...new Set(
    Object.values(s.entities).filter((e) => e.platform === m && e.device_id).map((e) => e.device_id)
  )].map((e) => s.devices[e]).filter((e) => e?.entry_type === "service").sort((e, n) => F(e).localeCompare(F(n)));
}
function wn(s) {
  return Object.values(s.entities).filter((t) => t.platform === m && t.entity_id.startsWith("calendar.")).map((t) => t.entity_id).sort();
}
class bn extends HTMLElement {
  /** Home Assistant asks for the dashboard each time that it is opened. */
  static async generate(t, e) {
    const n = e.locale?.language ?? e.language, a = tt(e), i = a.map(({ id: h }) => ({
      type: "grid",
      cards: [{ type: "custom:tesla-scout-card", device_id: h }]
    })), r = yn(e).map(({ id: h }) => ({
      type: "custom:tesla-scout-account-card",
      device_id: h
    })), o = wn(e);
    o.length > 0 && r.push({ type: "calendar", entities: o, initial_view: "listWeek" });
    const c = [...t.cards ?? [], ...r];
    if (c.length > 0 && i.push({ type: "grid", cards: c }), a.length === 0) {
      const h = T(n, "strategy_empty");
      i.unshift({ type: "grid", cards: [{ type: "markdown", content: h }] });
    }
    return { title: "Tesla Scout & Worker", views: [{ title: "Tesla Scout", type: "sections", max_columns: 2, sections: i }] };
  }
}
const _ = 36e5, jt = 4 * _, vn = 36 * _;
function $n(s, t, e, n) {
  const a = Math.floor((n - jt) / _) * _;
  return { width: s, top: t, bottom: e, start: a, end: a + jt + vn };
}
function w(s, t) {
  const e = (t - s.start) / (s.end - s.start);
  return Math.min(s.width, Math.max(0, e * s.width));
}
function kn(s, t) {
  return s.start + t / s.width * (s.end - s.start);
}
function ne(s, t) {
  const e = Math.min(100, Math.max(0, t)) / 100;
  return s.bottom - e * (s.bottom - s.top);
}
function xn(s, t) {
  const e = t.prices.filter((d) => Mt(s, d) !== null), n = e.map(Nt).filter((d) => d !== null), a = Math.max(0.01, ...n), i = Math.min(0, ...n), o = (s.bottom - s.top) / (a - i), c = s.bottom + i * o;
  return e.flatMap((d) => {
    if (Mt(s, d) === null) return [];
    const p = Nt(d) ?? (a - i) * 0.6, f = Math.max(2, Math.abs(p) * o);
    return Tn(d, t).map(({ start: y, end: $, planned: ae }) => ({
      x: w(s, y),
      width: Math.max(0, w(s, $) - w(s, y)),
      y: p < 0 ? c : c - f,
      height: f,
      known: d.known,
      planned: ae,
      peak: d.peak,
      price: d
    }));
  });
}
function zn(s, t) {
  return s.prices.find(
    (e) => Date.parse(e.start) <= t && t < Date.parse(e.end)
  );
}
function Et(s, t) {
  return t.filter((e) => Date.parse(e.at) <= s.end + _ * 24).map((e, n) => {
    const a = `${w(s, Date.parse(e.at)).toFixed(1)},${ne(s, e.level).toFixed(1)}`;
    return `${n ? "L" : "M"}${a}`;
  }).join("");
}
function Dt(s, t) {
  for (let e = 1; e < s.length; e += 1) {
    const n = s[e - 1], a = s[e], i = Date.parse(n.at), r = Date.parse(a.at);
    if (i <= t && t <= r && r > i)
      return n.level + (a.level - n.level) * (t - i) / (r - i);
  }
  return null;
}
function An(s, t, e) {
  const n = s.width * _ / (s.end - s.start), a = [3, 6, 12].find((r) => r * n >= t) ?? 24, i = [];
  for (let r = s.start; r < s.end; r += _)
    e(new Date(r)) % a === 0 && i.push(r);
  return i;
}
function Nt(s) {
  return s.known ? s.price ?? (s.peak ? 1 : 0.4) : s.estimate;
}
function Mt(s, t) {
  const e = Math.max(s.start, Date.parse(t.start)), n = Math.min(s.end, Date.parse(t.end));
  return e < n ? [e, n] : null;
}
function Tn(s, t) {
  const e = Date.parse(s.start), n = Date.parse(s.end), a = t.plans.flatMap((o) => o.windows).map((o) => [Date.parse(o.start), Date.parse(o.end)]), i = [e, n, ...a.flat()].filter((o) => e <= o && o <= n).sort((o, c) => o - c), r = [];
  for (let o = 1; o < i.length; o += 1) {
    const c = i[o - 1], d = i[o];
    if (c === d) continue;
    const h = a.some(([p, f]) => p <= c && d <= f);
    r.push({ start: c, end: d, planned: h });
  }
  return r;
}
const V = 34, j = 148, ot = 178, Pt = 7, Sn = 0.05, Cn = 44;
class jn extends v {
  static {
    this.properties = {
      view: { attribute: !1 },
      format: { attribute: !1 },
      now: { attribute: !1 },
      width: { state: !0 },
      chosen: { state: !0 }
    };
  }
  constructor() {
    super(), this.width = 0, this.now = /* @__PURE__ */ new Date(), this.sizes = new ResizeObserver((t) => {
      const e = Math.round(t[0]?.contentRect.width ?? 0);
      e && (this.width = e);
    });
  }
  connectedCallback() {
    super.connectedCallback(), this.sizes.observe(this);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this.sizes.disconnect();
  }
  render() {
    const { view: t, format: e } = this;
    if (!t || !e || !this.width) return l`<div class="room"></div>`;
    const n = $n(this.width, V, j, this.now.getTime());
    return l`
      <div class="chart">
        ${this.picture(n, t, e)} ${this.fingers(n, t, e)}
      </div>
      ${this.legend(t, e)} ${this.details(t, e)}
    `;
  }
  picture(t, e, n) {
    const a = this.now.getTime(), i = e.forecast.filter((d) => Date.parse(d.at) >= a), r = Dt(e.forecast, a) ?? e.level, o = r === null ? [] : [{ at: this.now.toISOString(), level: r }, ...i], c = e.level === null || r === null ? e.past : [...e.past, { at: this.now.toISOString(), level: r }];
    return l`
      <svg
        width=${this.width}
        height=${ot}
        viewBox="0 0 ${this.width} ${ot}"
        aria-hidden="true"
      >
        <defs>
          <pattern
            id="hatch"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="hatch" width="2" height="6"></rect>
          </pattern>
        </defs>
        ${this.days(t, n)}
        ${xn(t, e).map(
      (d) => k`<rect
              class=${`bar${d.known ? "" : " unknown"}${d.planned ? " planned" : ""}`}
              fill=${d.known ? u : "url(#hatch)"}
              x=${d.x} y=${d.y}
              width=${Math.max(0.5, d.width - (d.width > 4 ? 1 : 0))}
              height=${d.height}></rect>`
    )}
        ${this.lane(t, e)}
        <path class="level past" d=${Et(t, c)}></path>
        <path class="level" d=${Et(t, o)}></path>
        ${this.flags(t, e, n)}
        <line
          class="now"
          x1=${w(t, a)}
          x2=${w(t, a)}
          y1=${V - 4}
          y2=${j + Pt + 4}
        ></line>
        ${r === null ? u : k`<circle class="dot" cx=${w(t, a)} cy=${ne(t, r)} r="4"></circle>`}
        ${this.mark(t)}
      </svg>
    `;
  }
  /** Midnights with the day, and the hours of the axis. */
  days(t, e) {
    const n = w(t, this.now.getTime()), a = g(e)("now");
    return An(t, 34, (i) => e.hourOfDay(i)).map((i) => {
      const r = w(t, i), o = e.hourOfDay(new Date(i)) === 0, c = Math.abs(r - n) < 14 + a.length * 3, d = r < 10 || r > this.width - 10;
      return k`
        ${o ? k`<line class="day" x1=${r} x2=${r} y1=${V - 4} y2=${j}></line>` : u}
        ${c || d ? u : k`<text class="hour" x=${r} y=${ot - 4}>${o ? e.weekday(new Date(i)) : e.hour(new Date(i))}</text>`}
      `;
    });
  }
  /** Below the bars: what is planned as an outline, what ran as a full bar. */
  lane(t, e) {
    const n = e.plans.flatMap((i) => i.windows), a = (i, r, o) => {
      const c = w(t, Date.parse(i)), d = w(t, Date.parse(r));
      return d <= 0 || c >= this.width ? u : k`<rect class=${o} x=${c} y=${j + 3}
        width=${Math.max(2, d - c)} height=${Pt - 2} rx="2"></rect>`;
    };
    return [
      ...e.ran.map((i) => a(i.start, i.end, "ran")),
      ...n.map((i) => a(i.start, i.end, "lane"))
    ].filter((i) => i !== u);
  }
  /** Deadlines and the departure as flags above the bars. */
  flags(t, e, n) {
    const a = g(n), r = e.plans.filter((d, h) => h === 0 || d.verdict.key !== "reached").map((d) => ({
      at: Date.parse(d.ready_by),
      text: n.percent(d.target),
      special: d.session_id !== null
    })), o = e.departure === null ? null : Date.parse(e.departure);
    o !== null && !r.some((d) => Math.abs(d.at - o) < _ / 4) && r.push({ at: o, text: a("departure"), special: !1 });
    let c = -1 / 0;
    return r.filter((d) => d.at > t.start && d.at < t.end).sort((d, h) => d.at - h.at).map((d) => {
      const h = w(t, d.at), p = `${d.text} · ${n.time(new Date(d.at))}`, f = p.length * 3.4, y = h - f < c ? 1 : 0;
      c = h + f;
      const $ = Math.min(this.width - f, Math.max(f, h));
      return k`
          <line class=${d.special ? "flag special" : "flag"} x1=${h} x2=${h} y1=${16 + y * 13} y2=${j}></line>
          <text class="flag" x=${$} y=${11 + y * 13}>${p}</text>
        `;
    });
  }
  /** Where the chosen hour is. */
  mark(t) {
    if (this.chosen?.kind !== "hour") return u;
    const e = w(t, this.chosen.at);
    return k`<line class="mark" x1=${e} x2=${e} y1=${V - 4} y2=${j}></line>`;
  }
  /** What can be tapped and reached by the keyboard: the hours, the windows, what ran. */
  fingers(t, e, n) {
    const a = g(n), i = this.chosen?.kind === "hour" ? this.chosen.at : this.now.getTime(), r = w(t, this.now.getTime());
    return l`
      <div
        class="hours"
        role="slider"
        tabindex="0"
        aria-label=${`${a("strip")}. ${a("strip_keys")}`}
        aria-valuemin="0"
        aria-valuemax=${Math.round((t.end - t.start) / _)}
        aria-valuenow=${Math.round((i - t.start) / _)}
        aria-valuetext=${this.hourText(e, n, i)}
        @click=${(o) => this.tapped(o, t)}
        @keydown=${(o) => this.pressed(o, t, i)}
      ></div>
      <span class="now" style=${`left:${r}px`}>${a("now")}</span>
      ${e.ran.filter(({ energy: o }) => o >= Sn).map((o) => this.finger(t, n, o, a("ran"), { kind: "ran", run: o }))}
      ${e.plans.flatMap(
      (o) => o.windows.map(
        (c) => this.finger(t, n, c, a("window"), {
          kind: "window",
          plan: o,
          window: c
        })
      )
    )}
    `;
  }
  finger(t, e, n, a, i) {
    const r = w(t, Date.parse(n.start)), o = w(t, Date.parse(n.end));
    if (o <= 0 || r >= this.width) return u;
    const c = Math.min(this.width, Math.max(Cn, o - r)), d = Math.min(this.width - c, Math.max(0, (r + o - c) / 2)), h = `${a} ${this.spanText(n, e)}, ${e.energy(n.energy)}`;
    return l`<button
      class="finger"
      style=${`left:${d}px;width:${c}px`}
      aria-label=${h}
      aria-expanded=${this.isChosen(i) ? "true" : "false"}
      @click=${() => this.choose(i)}
    ></button>`;
  }
  legend(t, e) {
    const n = g(e), a = [
      ["planned", n("legend_planned"), t.plans.some((i) => i.windows.length > 0)],
      ["ran", n("legend_ran"), t.ran.length > 0],
      ["unknown", n("legend_unknown"), t.prices.some((i) => !i.known)],
      ["soc", n("legend_level"), t.level !== null]
    ];
    return l`<div class="legend soft" aria-hidden="true">
      ${a.filter(([, , i]) => i).map(([i, r]) => l`<span><i class=${i}></i>${r}</span>`)}
    </div>`;
  }
  details(t, e) {
    const n = g(e), a = this.chosenContent(t, e);
    return l`<div class="details" aria-live="polite">
      ${a === null ? u : l`<div class="box">
              <div class="text">${a}</div>
              <button class="close" aria-label=${n("close")} @click=${this.close}>✕</button>
            </div>`}
    </div>`;
  }
  chosenContent(t, e) {
    const { chosen: n } = this, a = g(e);
    if (n === void 0) return null;
    if (n.kind === "hour") return l`<b>${this.hourText(t, e, n.at)}</b>`;
    if (n.kind === "ran") {
      const { run: c } = n;
      return l`<b>${a("ran")} ${this.spanText(c, e)}</b>
        <div>${this.gain(c, e)}${this.costText(c.cost, t, e)}</div>`;
    }
    const i = t.plans.find((c) => c.session_id === n.plan.session_id), r = i?.windows.find((c) => c.end === n.window.end);
    if (!i || !r) return null;
    const o = t.currency;
    return l`<b>${a("window")} ${this.spanText(r, e)}</b>
      <div>${this.gain(r, e)}${this.costText(r.cost, t, e)}</div>
      ${o !== null && r.cost_now !== null ? l`<div class="soft">
              ${a("at_once_costs", { amount: e.money(r.cost_now, o) })}${r.cost_late === null ? "" : ` · ${a("late_costs", { amount: e.money(r.cost_late, o) })}`}
            </div>` : u}
      ${De(i, e).map(
      (c, d) => l`<div>
            ${d === 0 ? l`<span class="soft">${a("why")}:</span> ` : u}${c}
          </div>`
    )}`;
  }
  gain(t, e) {
    return `${g(e)("from_to", {
      from: e.percent(t.level_from),
      to: e.percent(t.level_to)
    })}, ${e.energy(t.energy)}`;
  }
  costText(t, e, n) {
    return e.currency === null ? "" : t === null ? `. ${g(n)("free_of_price")}` : `, ${n.money(t, e.currency)}`;
  }
  spanText(t, e) {
    return `${e.soon(new Date(t.start), this.now)}–${e.time(new Date(t.end))}`;
  }
  /** An hour in words: its price, and the level that is expected then. */
  hourText(t, e, n) {
    const a = g(e), i = zn(t, n), r = Dt(t.forecast, n), o = [e.when(new Date(n), this.now)];
    return i && o.push(En(i, t.currency, e)), r !== null && o.push(`${a("level")} ${e.percent(r)}`), o.join(" · ");
  }
  tapped(t, e) {
    const n = t.currentTarget.getBoundingClientRect(), a = kn(e, t.clientX - n.left);
    this.choose({ kind: "hour", at: Math.floor(a / (_ / 4)) * (_ / 4) });
  }
  pressed(t, e, n) {
    const a = Math.floor(n / _) * _, r = {
      ArrowRight: a + _,
      ArrowUp: a + _,
      ArrowLeft: a - _,
      ArrowDown: a - _,
      PageUp: a + 6 * _,
      PageDown: a - 6 * _,
      Home: e.start,
      End: e.end - _
    }[t.key];
    r !== void 0 && (t.preventDefault(), this.chosen = { kind: "hour", at: Math.min(e.end - _, Math.max(e.start, r)) });
  }
  isChosen(t) {
    const { chosen: e } = this;
    return e?.kind === "window" && t.kind === "window" ? e.window.end === t.window.end : e?.kind === "ran" && t.kind === "ran" && e.run.start === t.run.start;
  }
  choose(t) {
    this.chosen = this.isChosen(t) ? void 0 : t;
  }
  close() {
    this.chosen = void 0;
  }
  static {
    this.styles = [
      G,
      P`
      :host {
        display: block;
      }
      .room {
        height: 178px;
      }
      .chart {
        position: relative;
        height: 178px;
        touch-action: pan-y;
      }
      svg {
        display: block;
        overflow: visible;
      }
      .bar {
        fill: color-mix(in srgb, var(--tsc-soft) 38%, transparent);
      }
      .bar.unknown {
        fill: url(#hatch);
        stroke: color-mix(in srgb, var(--tsc-soft) 45%, transparent);
        stroke-width: 0.5;
      }
      .hatch {
        fill: color-mix(in srgb, var(--tsc-soft) 45%, transparent);
      }
      .bar.planned {
        fill: var(--tsc-good);
      }
      .bar.planned.unknown {
        fill: color-mix(in srgb, var(--tsc-good) 55%, transparent);
      }
      .lane {
        fill: color-mix(in srgb, var(--tsc-good) 35%, transparent);
        stroke: var(--tsc-good);
      }
      .ran {
        fill: var(--tsc-accent);
      }
      .level {
        fill: none;
        stroke: var(--tsc-text);
        stroke-width: 2;
        stroke-dasharray: 5 4;
      }
      .level.past {
        stroke-dasharray: none;
      }
      .dot {
        fill: var(--tsc-text);
        stroke: var(--tsc-back);
        stroke-width: 1.5;
      }
      line.now {
        stroke: var(--tsc-text);
        stroke-width: 1;
      }
      span.now {
        position: absolute;
        bottom: 0;
        transform: translateX(-50%);
        font-size: 12px;
        font-weight: 600;
        pointer-events: none;
        max-width: 60px;
      }
      .day {
        stroke: var(--tsc-line);
      }
      text {
        fill: var(--tsc-soft);
        font-size: 12px;
        text-anchor: middle;
      }
      text.flag {
        fill: var(--tsc-text);
        font-weight: 500;
      }
      line.flag {
        stroke: var(--tsc-text);
        stroke-dasharray: 2 3;
      }
      line.flag.special {
        stroke-dasharray: none;
        stroke-width: 1.5;
      }
      .mark {
        stroke: var(--tsc-accent);
        stroke-width: 2;
      }
      .hours {
        position: absolute;
        inset: 20px 0 14px;
        cursor: pointer;
        border-radius: 4px;
      }
      .finger {
        position: absolute;
        top: 30px;
        height: 128px;
        border-radius: 6px;
      }
      .finger:hover,
      .finger[aria-expanded="true"] {
        background: color-mix(in srgb, var(--tsc-good) 14%, transparent);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-top: 6px;
        font-size: 12px;
      }
      .legend i {
        display: inline-block;
        width: 12px;
        height: 10px;
        margin-right: 5px;
        border-radius: 2px;
        vertical-align: -1px;
      }
      i.planned {
        background: var(--tsc-good);
      }
      i.ran {
        background: var(--tsc-accent);
      }
      i.unknown {
        background: repeating-linear-gradient(
          45deg,
          color-mix(in srgb, var(--tsc-soft) 55%, transparent) 0 2px,
          transparent 2px 5px
        );
        outline: 1px solid color-mix(in srgb, var(--tsc-soft) 45%, transparent);
      }
      i.soc {
        height: 0;
        border-top: 2px dashed var(--tsc-text);
        vertical-align: 3px;
        border-radius: 0;
      }
      .box {
        display: flex;
        gap: 8px;
        margin-top: 8px;
        padding: 10px 4px 10px 12px;
        border-radius: 8px;
        background: color-mix(in srgb, var(--tsc-soft) 12%, transparent);
      }
      .box .text {
        flex: 1;
      }
      .box .soft {
        color: var(--tsc-text);
        opacity: 0.8;
      }
      .close {
        min-width: 44px;
        min-height: 44px;
        align-self: start;
        margin: -8px 0;
      }
    `
    ];
  }
}
function En(s, t, e) {
  const n = g(e);
  return s.known ? s.price === null || t === null ? n(s.peak ? "peak" : "off_peak") : e.price(s.price, t) : s.estimate === null || t === null ? n("price_unknown") : n("price_estimate", { price: e.price(s.estimate, t) });
}
const Dn = {
  "tesla-scout-strip": jn,
  "tesla-scout-special": mn,
  "tesla-scout-day": _n,
  "tesla-scout-card": ln,
  "tesla-scout-account-card": Pe,
  "ll-strategy-dashboard-tesla-scout": bn
};
async function Nn() {
  document.readyState === "loading" && await new Promise(
    (s) => document.addEventListener("DOMContentLoaded", s, { once: !0 })
  ), document.querySelector("home-assistant") && await customElements.whenDefined("home-assistant");
  for (const [s, t] of Object.entries(Dn))
    customElements.get(s) || customElements.define(s, t);
}
Nn();
const M = window, I = document.documentElement.lang || navigator.language || "en", se = "https://github.com/tesla-scout-worker/tesla-scout-worker/blob/main/docs/card.md";
M.customCards ??= [];
for (const s of [
  {
    type: "tesla-scout-card",
    name: T(I, "card_name"),
    description: T(I, "card_description"),
    getEntitySuggestion: hn
  },
  {
    type: "tesla-scout-account-card",
    name: T(I, "account_card_name"),
    description: T(I, "account_card_description")
  }
])
  M.customCards.some(({ type: t }) => t === s.type) || M.customCards.push({ ...s, preview: !0, documentationURL: se });
M.customStrategies ??= [];
M.customStrategies.some(({ type: s }) => s === "tesla-scout") || M.customStrategies.push({
  type: "tesla-scout",
  strategyType: "dashboard",
  name: "Tesla Scout",
  description: T(I, "strategy_description"),
  documentationURL: se
});
