const K = globalThis, ht = K.ShadowRoot && (K.ShadyCSS === void 0 || K.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, pt = /* @__PURE__ */ Symbol(), yt = /* @__PURE__ */ new WeakMap();
let It = class {
  constructor(t, e, s) {
    if (this._$cssResult$ = !0, s !== pt) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
    this.cssText = t, this.t = e;
  }
  get styleSheet() {
    let t = this.o;
    const e = this.t;
    if (ht && t === void 0) {
      const s = e !== void 0 && e.length === 1;
      s && (t = yt.get(e)), t === void 0 && ((this.o = t = new CSSStyleSheet()).replaceSync(this.cssText), s && yt.set(e, t));
    }
    return t;
  }
  toString() {
    return this.cssText;
  }
};
const ce = (n) => new It(typeof n == "string" ? n : n + "", void 0, pt), O = (n, ...t) => {
  const e = n.length === 1 ? n[0] : t.reduce((s, a, i) => s + ((o) => {
    if (o._$cssResult$ === !0) return o.cssText;
    if (typeof o == "number") return o;
    throw Error("Value passed to 'css' function must be a 'css' function result: " + o + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
  })(a) + n[i + 1], n[0]);
  return new It(e, n, pt);
}, le = (n, t) => {
  if (ht) n.adoptedStyleSheets = t.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
  else for (const e of t) {
    const s = document.createElement("style"), a = K.litNonce;
    a !== void 0 && s.setAttribute("nonce", a), s.textContent = e.cssText, n.appendChild(s);
  }
}, wt = ht ? (n) => n : (n) => n instanceof CSSStyleSheet ? ((t) => {
  let e = "";
  for (const s of t.cssRules) e += s.cssText;
  return ce(e);
})(n) : n;
const { is: de, defineProperty: ue, getOwnPropertyDescriptor: he, getOwnPropertyNames: pe, getOwnPropertySymbols: ge, getPrototypeOf: _e } = Object, nt = globalThis, vt = nt.trustedTypes, me = vt ? vt.emptyScript : "", fe = nt.reactiveElementPolyfillSupport, L = (n, t) => n, dt = { toAttribute(n, t) {
  switch (t) {
    case Boolean:
      n = n ? me : null;
      break;
    case Object:
    case Array:
      n = n == null ? n : JSON.stringify(n);
  }
  return n;
}, fromAttribute(n, t) {
  let e = n;
  switch (t) {
    case Boolean:
      e = n !== null;
      break;
    case Number:
      e = n === null ? null : Number(n);
      break;
    case Object:
    case Array:
      try {
        e = JSON.parse(n);
      } catch {
        e = null;
      }
  }
  return e;
} }, Ht = (n, t) => !de(n, t), bt = { attribute: !0, type: String, converter: dt, reflect: !1, useDefault: !1, hasChanged: Ht };
Symbol.metadata ??= /* @__PURE__ */ Symbol("metadata"), nt.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
let E = class extends HTMLElement {
  static addInitializer(t) {
    this._$Ei(), (this.l ??= []).push(t);
  }
  static get observedAttributes() {
    return this.finalize(), this._$Eh && [...this._$Eh.keys()];
  }
  static createProperty(t, e = bt) {
    if (e.state && (e.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(t) && ((e = Object.create(e)).wrapped = !0), this.elementProperties.set(t, e), !e.noAccessor) {
      const s = /* @__PURE__ */ Symbol(), a = this.getPropertyDescriptor(t, s, e);
      a !== void 0 && ue(this.prototype, t, a);
    }
  }
  static getPropertyDescriptor(t, e, s) {
    const { get: a, set: i } = he(this.prototype, t) ?? { get() {
      return this[e];
    }, set(o) {
      this[e] = o;
    } };
    return { get: a, set(o) {
      const r = a?.call(this);
      i?.call(this, o), this.requestUpdate(t, r, s);
    }, configurable: !0, enumerable: !0 };
  }
  static getPropertyOptions(t) {
    return this.elementProperties.get(t) ?? bt;
  }
  static _$Ei() {
    if (this.hasOwnProperty(L("elementProperties"))) return;
    const t = _e(this);
    t.finalize(), t.l !== void 0 && (this.l = [...t.l]), this.elementProperties = new Map(t.elementProperties);
  }
  static finalize() {
    if (this.hasOwnProperty(L("finalized"))) return;
    if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(L("properties"))) {
      const e = this.properties, s = [...pe(e), ...ge(e)];
      for (const a of s) this.createProperty(a, e[a]);
    }
    const t = this[Symbol.metadata];
    if (t !== null) {
      const e = litPropertyMetadata.get(t);
      if (e !== void 0) for (const [s, a] of e) this.elementProperties.set(s, a);
    }
    this._$Eh = /* @__PURE__ */ new Map();
    for (const [e, s] of this.elementProperties) {
      const a = this._$Eu(e, s);
      a !== void 0 && this._$Eh.set(a, e);
    }
    this.elementStyles = this.finalizeStyles(this.styles);
  }
  static finalizeStyles(t) {
    const e = [];
    if (Array.isArray(t)) {
      const s = new Set(t.flat(1 / 0).reverse());
      for (const a of s) e.unshift(wt(a));
    } else t !== void 0 && e.push(wt(t));
    return e;
  }
  static _$Eu(t, e) {
    const s = e.attribute;
    return s === !1 ? void 0 : typeof s == "string" ? s : typeof t == "string" ? t.toLowerCase() : void 0;
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
    for (const s of e.keys()) this.hasOwnProperty(s) && (t.set(s, this[s]), delete this[s]);
    t.size > 0 && (this._$Ep = t);
  }
  createRenderRoot() {
    const t = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
    return le(t, this.constructor.elementStyles), t;
  }
  connectedCallback() {
    this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((t) => t.hostConnected?.());
  }
  enableUpdating(t) {
  }
  disconnectedCallback() {
    this._$EO?.forEach((t) => t.hostDisconnected?.());
  }
  attributeChangedCallback(t, e, s) {
    this._$AK(t, s);
  }
  _$ET(t, e) {
    const s = this.constructor.elementProperties.get(t), a = this.constructor._$Eu(t, s);
    if (a !== void 0 && s.reflect === !0) {
      const i = (s.converter?.toAttribute !== void 0 ? s.converter : dt).toAttribute(e, s.type);
      this._$Em = t, i == null ? this.removeAttribute(a) : this.setAttribute(a, i), this._$Em = null;
    }
  }
  _$AK(t, e) {
    const s = this.constructor, a = s._$Eh.get(t);
    if (a !== void 0 && this._$Em !== a) {
      const i = s.getPropertyOptions(a), o = typeof i.converter == "function" ? { fromAttribute: i.converter } : i.converter?.fromAttribute !== void 0 ? i.converter : dt;
      this._$Em = a;
      const r = o.fromAttribute(e, i.type);
      this[a] = r ?? this._$Ej?.get(a) ?? r, this._$Em = null;
    }
  }
  requestUpdate(t, e, s, a = !1, i) {
    if (t !== void 0) {
      const o = this.constructor;
      if (a === !1 && (i = this[t]), s ??= o.getPropertyOptions(t), !((s.hasChanged ?? Ht)(i, e) || s.useDefault && s.reflect && i === this._$Ej?.get(t) && !this.hasAttribute(o._$Eu(t, s)))) return;
      this.C(t, e, s);
    }
    this.isUpdatePending === !1 && (this._$ES = this._$EP());
  }
  C(t, e, { useDefault: s, reflect: a, wrapped: i }, o) {
    s && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(t) && (this._$Ej.set(t, o ?? e ?? this[t]), i !== !0 || o !== void 0) || (this._$AL.has(t) || (this.hasUpdated || s || (e = void 0), this._$AL.set(t, e)), a === !0 && this._$Em !== t && (this._$Eq ??= /* @__PURE__ */ new Set()).add(t));
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
      const s = this.constructor.elementProperties;
      if (s.size > 0) for (const [a, i] of s) {
        const { wrapped: o } = i, r = this[a];
        o !== !0 || this._$AL.has(a) || r === void 0 || this.C(a, void 0, i, r);
      }
    }
    let t = !1;
    const e = this._$AL;
    try {
      t = this.shouldUpdate(e), t ? (this.willUpdate(e), this._$EO?.forEach((s) => s.hostUpdate?.()), this.update(e)) : this._$EM();
    } catch (s) {
      throw t = !1, this._$EM(), s;
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
E.elementStyles = [], E.shadowRootOptions = { mode: "open" }, E[L("elementProperties")] = /* @__PURE__ */ new Map(), E[L("finalized")] = /* @__PURE__ */ new Map(), fe?.({ ReactiveElement: E }), (nt.reactiveElementVersions ??= []).push("2.1.2");
const gt = globalThis, $t = (n) => n, X = gt.trustedTypes, kt = X ? X.createPolicy("lit-html", { createHTML: (n) => n }) : void 0, Lt = "$lit$", k = `lit$${Math.random().toFixed(9).slice(2)}$`, Wt = "?" + k, ye = `<${Wt}>`, C = document, W = () => C.createComment(""), F = (n) => n === null || typeof n != "object" && typeof n != "function", _t = Array.isArray, we = (n) => _t(n) || typeof n?.[Symbol.iterator] == "function", rt = `[ 	
\f\r]`, R = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, xt = /-->/g, zt = />/g, S = RegExp(`>|${rt}(?:([^\\s"'>=/]+)(${rt}*=${rt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`, "g"), St = /'/g, At = /"/g, Ft = /^(?:script|style|textarea|title)$/i, Bt = (n) => (t, ...e) => ({ _$litType$: n, strings: t, values: e }), d = Bt(1), $ = Bt(2), D = /* @__PURE__ */ Symbol.for("lit-noChange"), u = /* @__PURE__ */ Symbol.for("lit-nothing"), Tt = /* @__PURE__ */ new WeakMap(), A = C.createTreeWalker(C, 129);
function qt(n, t) {
  if (!_t(n) || !n.hasOwnProperty("raw")) throw Error("invalid template strings array");
  return kt !== void 0 ? kt.createHTML(t) : t;
}
const ve = (n, t) => {
  const e = n.length - 1, s = [];
  let a, i = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = R;
  for (let r = 0; r < e; r++) {
    const c = n[r];
    let l, h, p = -1, _ = 0;
    for (; _ < c.length && (o.lastIndex = _, h = o.exec(c), h !== null); ) _ = o.lastIndex, o === R ? h[1] === "!--" ? o = xt : h[1] !== void 0 ? o = zt : h[2] !== void 0 ? (Ft.test(h[2]) && (a = RegExp("</" + h[2], "g")), o = S) : h[3] !== void 0 && (o = S) : o === S ? h[0] === ">" ? (o = a ?? R, p = -1) : h[1] === void 0 ? p = -2 : (p = o.lastIndex - h[2].length, l = h[1], o = h[3] === void 0 ? S : h[3] === '"' ? At : St) : o === At || o === St ? o = S : o === xt || o === zt ? o = R : (o = S, a = void 0);
    const y = o === S && n[r + 1].startsWith("/>") ? " " : "";
    i += o === R ? c + ye : p >= 0 ? (s.push(l), c.slice(0, p) + Lt + c.slice(p) + k + y) : c + k + (p === -2 ? r : y);
  }
  return [qt(n, i + (n[e] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), s];
};
class B {
  constructor({ strings: t, _$litType$: e }, s) {
    let a;
    this.parts = [];
    let i = 0, o = 0;
    const r = t.length - 1, c = this.parts, [l, h] = ve(t, e);
    if (this.el = B.createElement(l, s), A.currentNode = this.el.content, e === 2 || e === 3) {
      const p = this.el.content.firstChild;
      p.replaceWith(...p.childNodes);
    }
    for (; (a = A.nextNode()) !== null && c.length < r; ) {
      if (a.nodeType === 1) {
        if (a.hasAttributes()) for (const p of a.getAttributeNames()) if (p.endsWith(Lt)) {
          const _ = h[o++], y = a.getAttribute(p).split(k), v = /([.?@])?(.*)/.exec(_);
          c.push({ type: 1, index: i, name: v[2], strings: y, ctor: v[1] === "." ? $e : v[1] === "?" ? ke : v[1] === "@" ? xe : at }), a.removeAttribute(p);
        } else p.startsWith(k) && (c.push({ type: 6, index: i }), a.removeAttribute(p));
        if (Ft.test(a.tagName)) {
          const p = a.textContent.split(k), _ = p.length - 1;
          if (_ > 0) {
            a.textContent = X ? X.emptyScript : "";
            for (let y = 0; y < _; y++) a.append(p[y], W()), A.nextNode(), c.push({ type: 2, index: ++i });
            a.append(p[_], W());
          }
        }
      } else if (a.nodeType === 8) if (a.data === Wt) c.push({ type: 2, index: i });
      else {
        let p = -1;
        for (; (p = a.data.indexOf(k, p + 1)) !== -1; ) c.push({ type: 7, index: i }), p += k.length - 1;
      }
      i++;
    }
  }
  static createElement(t, e) {
    const s = C.createElement("template");
    return s.innerHTML = t, s;
  }
}
function N(n, t, e = n, s) {
  if (t === D) return t;
  let a = s !== void 0 ? e._$Co?.[s] : e._$Cl;
  const i = F(t) ? void 0 : t._$litDirective$;
  return a?.constructor !== i && (a?._$AO?.(!1), i === void 0 ? a = void 0 : (a = new i(n), a._$AT(n, e, s)), s !== void 0 ? (e._$Co ??= [])[s] = a : e._$Cl = a), a !== void 0 && (t = N(n, a._$AS(n, t.values), a, s)), t;
}
class be {
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
    const { el: { content: e }, parts: s } = this._$AD, a = (t?.creationScope ?? C).importNode(e, !0);
    A.currentNode = a;
    let i = A.nextNode(), o = 0, r = 0, c = s[0];
    for (; c !== void 0; ) {
      if (o === c.index) {
        let l;
        c.type === 2 ? l = new V(i, i.nextSibling, this, t) : c.type === 1 ? l = new c.ctor(i, c.name, c.strings, this, t) : c.type === 6 && (l = new ze(i, this, t)), this._$AV.push(l), c = s[++r];
      }
      o !== c?.index && (i = A.nextNode(), o++);
    }
    return A.currentNode = C, a;
  }
  p(t) {
    let e = 0;
    for (const s of this._$AV) s !== void 0 && (s.strings !== void 0 ? (s._$AI(t, s, e), e += s.strings.length - 2) : s._$AI(t[e])), e++;
  }
}
class V {
  get _$AU() {
    return this._$AM?._$AU ?? this._$Cv;
  }
  constructor(t, e, s, a) {
    this.type = 2, this._$AH = u, this._$AN = void 0, this._$AA = t, this._$AB = e, this._$AM = s, this.options = a, this._$Cv = a?.isConnected ?? !0;
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
    t = N(this, t, e), F(t) ? t === u || t == null || t === "" ? (this._$AH !== u && this._$AR(), this._$AH = u) : t !== this._$AH && t !== D && this._(t) : t._$litType$ !== void 0 ? this.$(t) : t.nodeType !== void 0 ? this.T(t) : we(t) ? this.k(t) : this._(t);
  }
  O(t) {
    return this._$AA.parentNode.insertBefore(t, this._$AB);
  }
  T(t) {
    this._$AH !== t && (this._$AR(), this._$AH = this.O(t));
  }
  _(t) {
    this._$AH !== u && F(this._$AH) ? this._$AA.nextSibling.data = t : this.T(C.createTextNode(t)), this._$AH = t;
  }
  $(t) {
    const { values: e, _$litType$: s } = t, a = typeof s == "number" ? this._$AC(t) : (s.el === void 0 && (s.el = B.createElement(qt(s.h, s.h[0]), this.options)), s);
    if (this._$AH?._$AD === a) this._$AH.p(e);
    else {
      const i = new be(a, this), o = i.u(this.options);
      i.p(e), this.T(o), this._$AH = i;
    }
  }
  _$AC(t) {
    let e = Tt.get(t.strings);
    return e === void 0 && Tt.set(t.strings, e = new B(t)), e;
  }
  k(t) {
    _t(this._$AH) || (this._$AH = [], this._$AR());
    const e = this._$AH;
    let s, a = 0;
    for (const i of t) a === e.length ? e.push(s = new V(this.O(W()), this.O(W()), this, this.options)) : s = e[a], s._$AI(i), a++;
    a < e.length && (this._$AR(s && s._$AB.nextSibling, a), e.length = a);
  }
  _$AR(t = this._$AA.nextSibling, e) {
    for (this._$AP?.(!1, !0, e); t !== this._$AB; ) {
      const s = $t(t).nextSibling;
      $t(t).remove(), t = s;
    }
  }
  setConnected(t) {
    this._$AM === void 0 && (this._$Cv = t, this._$AP?.(t));
  }
}
class at {
  get tagName() {
    return this.element.tagName;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  constructor(t, e, s, a, i) {
    this.type = 1, this._$AH = u, this._$AN = void 0, this.element = t, this.name = e, this._$AM = a, this.options = i, s.length > 2 || s[0] !== "" || s[1] !== "" ? (this._$AH = Array(s.length - 1).fill(new String()), this.strings = s) : this._$AH = u;
  }
  _$AI(t, e = this, s, a) {
    const i = this.strings;
    let o = !1;
    if (i === void 0) t = N(this, t, e, 0), o = !F(t) || t !== this._$AH && t !== D, o && (this._$AH = t);
    else {
      const r = t;
      let c, l;
      for (t = i[0], c = 0; c < i.length - 1; c++) l = N(this, r[s + c], e, c), l === D && (l = this._$AH[c]), o ||= !F(l) || l !== this._$AH[c], l === u ? t = u : t !== u && (t += (l ?? "") + i[c + 1]), this._$AH[c] = l;
    }
    o && !a && this.j(t);
  }
  j(t) {
    t === u ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, t ?? "");
  }
}
class $e extends at {
  constructor() {
    super(...arguments), this.type = 3;
  }
  j(t) {
    this.element[this.name] = t === u ? void 0 : t;
  }
}
class ke extends at {
  constructor() {
    super(...arguments), this.type = 4;
  }
  j(t) {
    this.element.toggleAttribute(this.name, !!t && t !== u);
  }
}
class xe extends at {
  constructor(t, e, s, a, i) {
    super(t, e, s, a, i), this.type = 5;
  }
  _$AI(t, e = this) {
    if ((t = N(this, t, e, 0) ?? u) === D) return;
    const s = this._$AH, a = t === u && s !== u || t.capture !== s.capture || t.once !== s.once || t.passive !== s.passive, i = t !== u && (s === u || a);
    a && this.element.removeEventListener(this.name, this, s), i && this.element.addEventListener(this.name, this, t), this._$AH = t;
  }
  handleEvent(t) {
    typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, t) : this._$AH.handleEvent(t);
  }
}
class ze {
  constructor(t, e, s) {
    this.element = t, this.type = 6, this._$AN = void 0, this._$AM = e, this.options = s;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  _$AI(t) {
    N(this, t);
  }
}
const Se = gt.litHtmlPolyfillSupport;
Se?.(B, V), (gt.litHtmlVersions ??= []).push("3.3.3");
const Ae = (n, t, e) => {
  const s = e?.renderBefore ?? t;
  let a = s._$litPart$;
  if (a === void 0) {
    const i = e?.renderBefore ?? null;
    s._$litPart$ = a = new V(t.insertBefore(W(), i), i, void 0, e ?? {});
  }
  return a._$AI(n), a;
};
const mt = globalThis;
class x extends E {
  constructor() {
    super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
  }
  createRenderRoot() {
    const t = super.createRenderRoot();
    return this.renderOptions.renderBefore ??= t.firstChild, t;
  }
  update(t) {
    const e = this.render();
    this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(t), this._$Do = Ae(e, this.renderRoot, this.renderOptions);
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
x._$litElement$ = !0, x.finalized = !0, mt.litElementHydrateSupport?.({ LitElement: x });
const Te = mt.litElementPolyfillSupport;
Te?.({ LitElement: x });
(mt.litElementVersions ??= []).push("4.2.2");
const Zt = 36e5, Ct = 24 * Zt;
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
    return this.day(t) === this.day(e) ? this.time(t) : `${Math.abs(t.getTime() - e.getTime()) > 6 * Ct ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t)} ${this.time(t)}`;
  }
  /** A day: the weekday, beyond a week the date. */
  dayName(t, e) {
    return t.getTime() - e.getTime() > 6 * Ct ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t);
  }
  /** A time in the hours ahead: the day is clear without a name. */
  soon(t, e) {
    const s = t.getTime() - e.getTime();
    return s > 0 && s < 18 * Zt ? this.time(t) : this.when(t, e);
  }
  /** How long ago: 12 min, 3 h 5 min, 2 d. It is never broken into two lines. */
  duration(t) {
    const e = Math.max(0, Math.round(t / 6e4)), s = Math.floor(e / 60), a = this.language.startsWith("pl") ? "godz." : "h";
    if (s >= 48) return `${Math.floor(s / 24)} d`;
    if (s === 0) return `${e} min`;
    const i = `${s} ${a}`;
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
  /** An amount that may be less than a cent. */
  smallMoney(t, e) {
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency: e,
      minimumFractionDigits: 2,
      maximumFractionDigits: 4
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
    }).formatToParts(t), s = (a) => e.find((i) => i.type === a)?.value ?? "";
    return `${s("year")}-${s("month")}-${s("day")}T${s("hour")}:${s("minute")}`;
  }
  /** The instant of such a value; the offset of the zone is found by trying. */
  instant(t) {
    const e = /* @__PURE__ */ new Date(`${t}:00Z`);
    let s = e;
    for (let a = 0; a < 2; a += 1) {
      const i = /* @__PURE__ */ new Date(`${this.local(s)}:00Z`);
      s = new Date(s.getTime() + e.getTime() - i.getTime());
    }
    return s;
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
const f = "tesla_scout_worker";
function tt(n) {
  return [...new Set(
    Object.values(n.entities).filter((e) => e.platform === f && e.device_id).map((e) => e.device_id)
  )].map((e) => n.devices[e]).filter((e) => e !== void 0 && e.entry_type === null).sort((e, s) => q(e).localeCompare(q(s)));
}
function jt(n) {
  return Object.values(n.entities).find((t) => t.platform === f)?.device_id;
}
function q(n) {
  return n.name_by_user ?? n.name ?? "";
}
function z(n, t) {
  const e = t;
  if (e.translation_key) {
    const s = `component.${f}.exceptions.${e.translation_key}.message`, a = n.localize(s, e.translation_placeholders ?? {});
    if (a && a !== s) return a;
  }
  return e.message ?? String(t);
}
function Vt(n, t) {
  const e = `component.${f}.exceptions.${t}.message`, s = n.localize(e);
  return s && s !== e ? s : t;
}
const et = `/config/integrations/integration/${f}`;
function Yt(n) {
  history.pushState(null, "", n), window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: !1 } }));
}
const ft = {
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
  peak: "peak hours",
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
  r_peak_avoided: "Peak hours are avoided.",
  r_peak_used: "Peak hours are needed to reach the target.",
  r_target_short: "All the time that is left is used.",
  r_unknown_avoided: "Hours without a known price are avoided.",
  r_unknown_used: "Hours without a known price are needed to reach the target.",
  r_windows_limited: "With more charging blocks it would be cheaper, but each one is a schedule in the car.",
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
  charge_now_limit: "To its limit of {limit} it costs {cost}.",
  to_target: "To {target}",
  to_limit: "To the limit, {limit}",
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
  read_now_ask: "Read the car now? It costs about {price}.",
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
  vacation_open: "Away …",
  vacation_title: "Hold a level while you are away",
  vacation_level: "At most",
  vacation_from: "From",
  vacation_until: "Until",
  vacation_confirm: "At most {level} until {until}",
  vacation_order: "It ends before it begins.",
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
}, Ce = {
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
  peak: "godziny szczytu",
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
  r_peak_avoided: "Godziny szczytu są pominięte.",
  r_peak_used: "Bez godzin szczytu nie da się osiągnąć celu.",
  r_target_short: "Wykorzystano cały pozostały czas.",
  r_unknown_avoided: "Godziny bez znanej ceny są pominięte.",
  r_unknown_used: "Bez godzin o nieznanej cenie nie da się osiągnąć celu.",
  r_windows_limited: "W większej liczbie bloków ładowania byłoby taniej, ale każde to harmonogram w samochodzie.",
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
  charge_now_limit: "Do limitu {limit} kosztuje {cost}.",
  to_target: "Do {target}",
  to_limit: "Do limitu, {limit}",
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
  read_now_ask: "Odczytać samochód teraz? Kosztuje to około {price}.",
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
  vacation_open: "Wyjazd …",
  vacation_title: "Trzymaj poziom na czas wyjazdu",
  vacation_level: "Najwyżej",
  vacation_from: "Od",
  vacation_until: "Do",
  vacation_confirm: "Najwyżej {level} do {until}",
  vacation_order: "Koniec jest przed początkiem.",
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
}, je = { en: ft, pl: Ce };
function T(n, t, e = {}) {
  return (je[n.split("-")[0] ?? "en"] ?? ft)[t].replace(/\{(\w+)\}/g, (a, i) => String(e[i] ?? ""));
}
function P(n) {
  return n in ft;
}
function g(n) {
  return (t, e) => T(n.language, t, e);
}
function it(n, t, e) {
  const s = g(t), a = {
    target: n.target === null ? "" : t.percent(n.target),
    level: n.level === null ? "" : t.percent(Math.floor(n.level)),
    ready_by: n.ready_by === null ? "" : t.when(new Date(n.ready_by), e),
    plug_in_by: n.plug_in_by === null ? "" : t.soon(new Date(n.plug_in_by), e),
    spare: n.spare === null ? "" : t.duration(n.spare * 6e4)
  };
  if (n.key === "on_track" && (n.spare ?? 0) < 1) return s("v_on_track_now", a);
  const i = n.plug_in_by === null ? 1 / 0 : Date.parse(n.plug_in_by);
  return n.key === "plug_in" && i - e.getTime() < 6e4 ? s("v_plug_in_now", a) : s(`v_${n.key}`, a);
}
function Ee(n, t, e) {
  if (n.key !== "plug_in" || n.latest === null || n.plug_in_by === null)
    return null;
  const s = new Date(n.latest);
  return s.getTime() - Date.parse(n.plug_in_by) < 3e5 ? null : g(t)("latest", { latest: t.soon(s, e) });
}
function Gt(n, t, e) {
  return n.map(({ start: s, end: a }) => `${t.soon(new Date(s), e)}–${t.time(new Date(a))}`).join(", ");
}
function Kt(n, t, e, s) {
  const a = n.map(({ start: i }) => new Date(i)).find((i) => i > s);
  return !t || !a ? null : g(e)("timed", { at: e.soon(a, s) });
}
function De(n, t, e, s, a, i) {
  if (n.kind === "repair") {
    const h = `component.${a}.issues.${n.key}.title`, p = s(h, n.placeholders);
    return p && p !== h ? p : null;
  }
  const o = `p_${n.key}`;
  if (!P(o)) return null;
  const { target: r, ready_by: c, reason: l } = n.placeholders;
  return g(t)(o, {
    target: r ? t.percent(Number(r)) : "",
    ready_by: c ? t.when(new Date(c), e) : "",
    reason: Xt(l ?? "", t, i)
  });
}
function Jt(n, t, e) {
  const s = new Date(n.since), a = {
    target: n.target === null ? "" : t.percent(n.target),
    since: t.when(s, e),
    until: t.when(new Date(n.until), e),
    // The day begins at midnight where Home Assistant is.
    day: t.dayName(new Date(s.getTime() + 12 * 36e5), e)
  }, i = n.kind === "vacation" && s > e;
  return g(t)(i ? "said_vacation_from" : `said_${n.kind}`, a);
}
function Xt(n, t, e) {
  const s = `reason_${n || "unknown"}`;
  return P(s) ? g(t)(s) : e(n);
}
const Ne = /* @__PURE__ */ new Set(["guard", "plan_kept", "latest_hours"]);
function Me(n, t) {
  const e = n.saving ?? 0, s = n.reasons.filter((a) => !Ne.has(a));
  return (s.length ? s : n.reasons).slice(0, 3).map((a) => a === "prices_awaited" && e ? "r_prices_cheaper" : `r_${a}`).filter(P).map((a) => g(t)(a, { saving: t.percent(e) }));
}
function Qt(n) {
  if (n.cost === null || n.cost_now === null) return null;
  const t = n.cost_now - n.cost;
  return t >= 0.01 ? t : null;
}
const ot = O`
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
  input[type="time"],
  input[type="date"],
  input[type="datetime-local"] {
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
`, Oe = 5e3;
class te {
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
  async listen(t, e, s) {
    try {
      const a = await t.connection.subscribeMessage(
        (i) => {
          s === this.turn && this.show(i);
        },
        { type: `${f}/${this.command}`, device_id: e }
      );
      s === this.turn ? this.stop = a : a().catch(() => {
      });
    } catch (a) {
      if (s !== this.turn) return;
      this.show(void 0, a), this.timer = setTimeout(() => {
        this.listen(t, e, s);
      }, Oe);
    }
  }
}
const Pe = {
  device_id: "field_account_device",
  name: "field_name"
};
class Ue extends x {
  constructor() {
    super(...arguments), this.subscription = new te(
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
        { name: "device_id", selector: { device: { filter: { integration: f } } } },
        { name: "name", selector: { text: {} } }
      ],
      computeLabel: (t) => {
        const e = document.documentElement.lang || navigator.language || "en", s = Pe[t.name], a = new Q({ language: e, config: { time_zone: "UTC" } });
        return s ? g(a)(s) : t.name;
      }
    };
  }
  static getStubConfig(t) {
    const e = jt(t);
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
    const s = e.device_id ?? jt(t);
    s && this.subscription.start(t, s);
  }
  render() {
    const { hass: t, config: e, view: s } = this;
    if (!t || !e) return u;
    const a = new Q(t), i = g(a);
    if (!s) {
      const c = this.failure ? z(t, this.failure) : i("waiting");
      return d`<ha-card
        ><div class="card"><p role="status">${c}</p></div></ha-card
      >`;
    }
    const o = e.name || s.name, r = s.stage !== null;
    return d`<ha-card>
      <section class="card" aria-label=${o}>
        <div class="title">
          <h2>${o}</h2>
          <span class="soft">${r ? this.month(s, a) : ""}</span>
          ${t.user && !t.user.is_admin ? u : d`<button class="act" @click=${() => Yt(et)}>
                  ${i("settings")}
                </button>`}
        </div>
        ${s.signed_out ? d`<p>${i("v_signed_out")}</p>` : u}
        ${r ? this.bill(s, a) : u}
        ${r ? this.charging(s, a) : u}
      </section>
    </ha-card>`;
  }
  month(t, e) {
    const s = /* @__PURE__ */ new Date(`${t.month}-15T12:00:00Z`);
    return new Intl.DateTimeFormat(e.language, { month: "long", year: "numeric" }).format(
      s
    );
  }
  bill(t, e) {
    const s = g(e), a = `stage_${t.stage ?? ""}`, i = t.limit ? Math.min(100, 100 * t.cost / t.limit) : 0, o = t.limit === null ? s("no_budget") : s("of_budget", { limit: e.money(t.limit, t.currency) }), r = t.next_reset ? new Intl.DateTimeFormat(e.language, { day: "numeric", month: "short" }).format(
      new Date(Date.parse(t.next_reset) - 1)
    ) : "";
    return d`
      <div class="bill">
        <span class="soft">${s("bill")}</span>
        <span><b>${e.money(t.cost, t.currency)}</b> ${o}</span>
      </div>
      ${t.limit ? d`<div class="meter" aria-hidden="true">
              <div class=${t.stage ?? ""} style=${`width:${i}%`}></div>
            </div>` : u}
      <div class="soft small">
        ${[
      ...t.forecast === null ? [] : [
        s("bill_forecast", {
          amount: e.money(t.forecast, t.currency),
          date: r
        })
      ],
      ...P(a) ? [s(a)] : []
    ].join(" · ")}
      </div>
      <dl>
        ${[
      ["reads", t.reads],
      ["commands", t.commands],
      ["wakes", t.wakes]
    ].map(
      ([c, l]) => d`<div>
              <dt>${s(c)}</dt>
              <dd>${e.number(l)}</dd>
            </div>`
    )}
      </dl>
    `;
  }
  charging(t, e) {
    const s = g(e);
    return t.cars.filter((i) => i.currency !== null && i.energy > 0).map((i) => {
      const o = i.currency, r = i.on_arrival - i.cost, c = [
        e.energy(i.energy),
        e.money(i.cost, o),
        ...r >= 0.01 ? [s("saved", { amount: e.money(r, o) })] : []
      ], l = t.cars.length > 1 ? ` (${i.name})` : "";
      return d`<div class="bill">
        <span class="soft">${s("charged")}${l}</span><span>${c.join(" · ")}</span>
      </div>`;
    });
  }
  static {
    this.styles = [
      ot,
      O`
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
async function Z({ hass: n }, t, e, s) {
  await n.callService(t, e, s, void 0, !1);
}
function b(n, t, e = {}) {
  return Z(n, f, t, { device_id: n.device, ...e });
}
async function U({ hass: n, device: t, format: e, now: s, t: a }, i, o) {
  const r = { device_id: t, override: i, ...o === void 0 ? {} : { date: o } }, c = await n.callService(f, "cancel_override", r, void 0, !1, !0), [l] = c?.response?.lost ?? [];
  if (l)
    return a("undo_lost", {
      target: e.percent(l.target),
      ready_by: e.when(new Date(l.until), s)
    });
}
function ee({ since: n }) {
  return new Date(Date.parse(n) + 12 * 36e5).toISOString().slice(0, 10);
}
function se(n, { format: t, now: e }) {
  return {
    target: t.percent(n.target),
    ready_by: t.when(new Date(n.ready_by), e)
  };
}
function Re(n) {
  const { hass: t, view: e, format: s, t: a, form: i } = n;
  if (e.verdict.key === "not_loaded" || e.verdict.key === "signed_out") return u;
  const o = t.services[f] ?? {}, r = [
    ct(n, "special", a("charge_to", { target: s.percent(100) }))
  ];
  "set_target" in o && e.sync && r.push(ct(n, "day", a("day_open")));
  const c = e.overrides.some(({ kind: h }) => h === "vacation");
  "start_vacation" in o && e.sync && !c && r.push(ct(n, "vacation", a("vacation_open"))), "charge_now" in o && !e.plans.some((h) => h.source === "charge_now") && r.push(ut(n, a("charge_now"), () => Le(n)));
  const l = e.overrides.some(({ kind: h }) => h === "skip");
  return "skip_charging" in o && e.sync && !e.shadow && !l && r.push(ut(n, a("skip"), () => ne(n))), "scout_now" in o && r.push(He(n)), d`
    ${Ze(n)}
    <div class="buttons">${r}</div>
    ${i === void 0 ? u : Ie(n)}
  `;
}
function Ie(n) {
  const { hass: t, view: e, format: s, now: a, device: i, form: o } = n;
  if (i === void 0) return u;
  const r = () => n.open(void 0);
  switch (o) {
    case "special":
      return d`<tesla-scout-special
        .hass=${t}
        .format=${s}
        .view=${e}
        .now=${a}
        .device=${i}
        @special-closed=${r}
        @special-added=${(c) => Fe(n, c)}
      ></tesla-scout-special>`;
    case "vacation":
      return d`<tesla-scout-vacation
        .hass=${t}
        .format=${s}
        .view=${e}
        .now=${a}
        .device=${i}
        @vacation-closed=${r}
        @vacation-set=${(c) => qe(n, c)}
      ></tesla-scout-vacation>`;
    default:
      return d`<tesla-scout-day
        .hass=${t}
        .format=${s}
        .view=${e}
        .now=${a}
        .device=${i}
        @day-closed=${r}
        @day-set=${(c) => Be(n, c)}
      ></tesla-scout-day>`;
  }
}
function ct(n, t, e) {
  const s = n.form === t, a = () => {
    n.open(s ? void 0 : t), n.ask(void 0);
  };
  return d`<button
    class="act"
    aria-expanded=${s ? "true" : "false"}
    ?disabled=${n.view.level === null}
    @click=${a}
  >
    ${e}
  </button>`;
}
function ut(n, t, e) {
  return d`<button class="act" ?disabled=${n.busy} @click=${() => n.ask(e())}>
    ${t}
  </button>`;
}
function He(n) {
  const { view: t, format: e, t: s } = n, a = async () => (await b(n, "scout_now"), { text: s("read_done") });
  if (t.read_price === 0)
    return d`<button
      class="act"
      ?disabled=${n.busy}
      @click=${() => (n.ask(void 0), n.act(a))}
    >
      ${s("read_now")}
    </button>`;
  const i = e.smallMoney(t.read_price, t.bill_currency);
  return ut(n, s("read_now"), () => ({ text: s("read_now_ask", { price: i }), act: a }));
}
function Le(n) {
  const { view: t, format: e, t: s } = n, a = t.plans.find((y) => y.session_id === null) ?? t.plans[0], i = a?.target ?? t.limit, o = i === null ? "" : e.percent(i), { currency: r, limit: c } = t, l = a && a.cost_now !== null && a.cost !== null && r !== null ? {
    target: o,
    now: e.money(a.cost_now, r),
    planned: e.money(a.cost, r)
  } : void 0, h = {
    text: l ? s("charge_now_ask", l) : s("charge_now_ask_plain", { target: o }),
    act: () => Et(n, i)
  };
  if (c === null || i === null || c <= i) return h;
  const p = {
    text: s("to_limit", { limit: e.percent(c) }),
    act: () => Et(n, c)
  }, _ = t.limit_cost === null || r === null ? "" : ` ${s("charge_now_limit", {
    limit: e.percent(c),
    cost: e.money(t.limit_cost, r)
  })}`;
  return { ...h, text: `${h.text}${_}`, yes: s("to_target", { target: o }), other: p };
}
async function Et(n, t) {
  const { format: e, t: s } = n;
  await b(n, "charge_now", t === null ? {} : { target: t });
  const a = t === null ? "" : e.percent(t);
  return { text: s("charge_now_done", { target: a }), undo: () => U(n, "charge_now") };
}
function ne(n, t) {
  const { hass: e, t: s } = n;
  return {
    text: t ?? s("skip_ask"),
    ...t === void 0 ? {} : { yes: s("skip_confirm") },
    act: async () => {
      try {
        await b(n, "skip_charging", t === void 0 ? {} : { confirm: !0 });
      } catch (a) {
        if (a.translation_key !== "skip_breaks_session" || t !== void 0) throw a;
        n.askNext(ne(n, z(e, a)));
        return;
      }
      return { text: s("skip_done"), undo: () => U(n, "skip") };
    }
  };
}
function We(n, t) {
  const { format: e, t: s } = n;
  if (t.source === "charge_now") {
    n.ask({
      text: s("charge_now_cancel_ask", { target: e.percent(t.target) }),
      act: async () => {
        await U(n, "charge_now");
        const i = { target: t.target, until: t.ready_by };
        return { text: s("done_cancel"), undo: () => b(n, "charge_now", i) };
      }
    });
    return;
  }
  const a = { session_id: t.session_id };
  n.ask({
    text: s("cancel_ask", se(t, n)),
    act: async () => (await b(n, "cancel_special_charging", a), {
      text: s("done_cancel"),
      undo: () => b(n, "restore_special_charging", a)
    })
  });
}
function Fe(n, t) {
  const { format: e, now: s, t: a } = n, { id: i, target: o, by: r } = t.detail, c = a("done_special", {
    target: e.percent(o),
    ready_by: e.when(r, s)
  }), l = () => b(n, "cancel_special_charging", { session_id: i });
  n.open(void 0), n.say(i === void 0 ? { text: c } : { text: c, undo: l });
}
function Be(n, t) {
  const { target: e, date: s, day: a } = t.detail, { format: i, t: o } = n;
  n.open(void 0), n.say({
    text: o("day_done", { target: i.percent(e), day: a }),
    undo: () => U(n, "target", s)
  });
}
function qe(n, t) {
  const { format: e, now: s } = n;
  n.open(void 0), n.say({
    text: `${Jt(t.detail, e, s)}.`,
    undo: () => U(n, "vacation")
  });
}
function Ze(n) {
  const { hass: t, view: e, t: s } = n, a = e.entities.target_level, i = e.entities.departure, o = a ? t.states[a] : void 0, r = i ? t.states[i]?.state : void 0, c = o && Number.isFinite(Number(o.state));
  return !c && !r ? u : d`<div class="settings">
    ${c ? Ve(n, a, o.attributes) : u}
    ${r && /^\d\d:\d\d/.test(r) ? d`<label
            ><span>${s("departs")}</span
            ><input
              type="time"
              .value=${r.slice(0, 5)}
              @change=${(l) => Ge(n, l, i, r)}
          /></label>` : u}
  </div>`;
}
function Ve(n, t, e) {
  const { hass: s, format: a, t: i, dragged: o } = n, r = o ?? Number(s.states[t]?.state);
  return d`<label class="slide"
    ><span>${i("target")}</span
    ><input
      type="range"
      min=${Number(e.min ?? 50)}
      max=${Number(e.max ?? 100)}
      step="1"
      .value=${String(r)}
      style=${`--at:${r}`}
      aria-valuetext=${a.percent(r)}
      @input=${(c) => n.drag(Number(c.target.value))}
      @change=${(c) => Ye(n, c, t)}
    /><output>${a.percent(r)}</output></label
  >`;
}
function Ye(n, t, e) {
  const { hass: s, format: a, t: i } = n, o = Number(t.target.value), r = Number(s.states[e]?.state), c = (l) => Z(n, "number", "set_value", { entity_id: e, value: l });
  n.act(async () => (await c(o), { text: i("done_target", { target: a.percent(o) }), undo: () => c(r) })).then(() => n.drag(void 0));
}
function Ge(n, t, e, s) {
  const { value: a } = t.target;
  if (!/^\d\d:\d\d/.test(a)) return;
  const i = (o) => Z(n, "time", "set_value", { entity_id: e, time: o });
  n.act(async () => (await i(`${a.slice(0, 5)}:00`), { text: n.t("done_departure", { time: a }), undo: () => i(s) }));
}
const Ke = {
  shadow: "fix_shadow",
  off: "fix_off",
  no_prices: "fix_options",
  budget_essential: "fix_options",
  budget_stopped: "fix_options"
};
function Dt(n) {
  const { view: t, format: e, hass: s, now: a } = n, i = (r) => Vt(s, r), o = t.problems.map((r) => ({
    problem: r,
    text: De(r, e, a, s.localize, f, i)
  })).filter((r) => r.text !== null);
  return !o.length && t.verdict.key !== "not_loaded" ? u : d`<ul class="problems" role="list">
    ${o.map(
    ({ problem: r, text: c }) => d`<li><span>${c}</span>${Je(n, r)}</li>`
  )}
    ${t.verdict.key === "not_loaded" && !o.length ? d`<li><span></span>${J(n, "fix_devices", et)}</li>` : u}
  </ul>`;
}
function Je(n, t) {
  const { view: e, busy: s, t: a } = n;
  if (t.kind === "repair")
    return t.key.startsWith("signed_out") ? J(n, "fix_sign_in", et) : J(n, "fix_repair", "/config/repairs");
  const i = Ke[t.key];
  if (i === void 0) return u;
  if (i === "fix_options") return J(n, i, et);
  const [o, r, c, l] = t.key === "shadow" ? ["shadow_mode", "turn_off", "turn_on", "done_shadow"] : ["off_peak_sync", "turn_on", "turn_off", "done_sync"], h = e.entities[o];
  return h ? d`<button class="act main" ?disabled=${s} @click=${() => n.act(async () => (await Z(n, "switch", r, { entity_id: h }), { text: a(l), undo: () => Z(n, "switch", c, { entity_id: h }) }))}>${a(i)}</button>` : u;
}
function J({ hass: n, t }, e, s) {
  return n.user && !n.user.is_admin ? u : d`<button class="act main" @click=${() => Yt(s)}>${t(e)}</button>`;
}
const Xe = 6e4;
function Qe(n, t) {
  const { view: e, format: s, t: a } = n, i = e.level === null ? a("unknown_level") : s.percent(e.level), o = e.plans[0]?.target ?? e.limit;
  return d`<div class="head">
    <div class="number">
      <span class="hidden">${a("level")}</span>
      <span class="percent">${i}</span>
    </div>
    <div class="about">
      <h2>${t}</h2>
      <div class="soft">${ts(n).join(" · ")}</div>
    </div>
    <div class="battery" aria-hidden="true">
      <div class="fill" style=${`width:${e.level ?? 0}%`}></div>
      ${o === null ? u : d`<div class="goal" style=${`left:${o}%`}></div>`}
    </div>
  </div>`;
}
function ts({ view: n, format: t, now: e, t: s }) {
  const a = [];
  if (n.charging) {
    const { power: i } = n;
    a.push(i ? s("charging_at", { power: t.number(i) }) : s("charging"));
  } else n.plugged_in !== null ? a.push(s(n.plugged_in ? "plugged_in" : "unplugged")) : n.seen_at !== null && a.push(s("plug_unknown"));
  if (n.at_home !== null && a.push(s(n.at_home ? "home" : "away")), n.connectivity === "asleep" && a.push(s("asleep")), n.connectivity === "offline" && a.push(s("offline")), n.limit !== null && a.push(s("limit", { limit: t.percent(n.limit) })), n.seen_at !== null) {
    const i = e.getTime() - Date.parse(n.seen_at);
    a.push(i < Xe ? s("seen_now") : s("seen", { ago: t.duration(i) }));
  }
  return a;
}
function es({ view: n, format: t, now: e }) {
  const { verdict: s } = n, a = Ee(s, t, e);
  return d`<p class=${`verdict ${s.tone}`} role="status">
    <strong>${it(s, t, e)}</strong>
    ${a === null ? u : d`<span class="soft">${a}</span>`}
  </p>`;
}
function ss(n) {
  const { view: t, format: e, now: s, t: a } = n, [i, ...o] = t.plans;
  if (!i || t.verdict.key === "signed_out") return u;
  const { currency: r } = t, c = Qt(i);
  return d`<dl class="facts">${as(n, i)} ${is(n, i)}</dl>
    ${c === null || r === null || !i.windows.length ? u : d`<p class="soft small">${a("saves", { amount: e.money(c, r) })}</p>`}
    ${ns(n, i)} ${t.overrides.map((l) => os(n, l))}
    ${t.plans.filter((l) => l.session_id !== null).map((l) => cs(n, l))}
    ${o.filter((l) => l.session_id === null && l.verdict.key !== "reached").map(
    (l) => d`<p class="soft more">
            ${a("then")}: ${it(l.verdict, e, s)}
          </p>`
  )}`;
}
function ns({ view: n, format: t, now: e }, s) {
  const a = Kt(s.windows, n.timed, t, e);
  return a === null ? u : d`<p class="soft small">${a}</p>`;
}
function as({ view: n, format: t, now: e, t: s }, a) {
  if (!a.windows.length && a.verdict.key === "reached") return u;
  const i = a.windows.find(({ start: c }) => Date.parse(c) <= e.getTime()), o = Gt(a.windows, t, e), r = i && n.charging ? s("charges_now", { end: t.time(new Date(i.end)) }) : o || s("nothing_planned");
  return d`<div>
    <dt>${s(n.shadow && !a.session_id ? "would_charge" : "charges")}</dt>
    <dd>${r}</dd>
  </div>`;
}
function is({ view: n, format: t, t: e }, s) {
  if (!s.windows.length) return u;
  const { currency: a } = n;
  return d`<div>
      <dt>${e("energy")}</dt>
      <dd>${t.energy(s.energy)}</dd>
    </div>
    ${a === null ? u : d`<div>
            <dt>${e("cost")}</dt>
            <dd>
              ${s.cost === null ? d`<span class="unknown">${e("cost_unknown")}</span>` : t.money(s.cost, a)}
            </dd>
          </div>`}`;
}
function os(n, t) {
  const { format: e, now: s, t: a } = n, i = Jt(t, e, s), o = t.kind === "target" ? ee(t) : void 0, r = () => n.act(async () => ({ text: await U(n, t.kind, o) ?? a("said_cancelled"), undo: () => rs(n, t) }));
  return ae(n, i, `${a("cancel")}: ${i}`, r);
}
function rs(n, { kind: t, since: e, until: s, target: a }) {
  return t === "skip" ? b(n, "skip_charging", { until: s, confirm: !0 }) : t === "target" ? b(n, "set_target", { target: a, date: ee({ since: e }) }) : b(n, "start_vacation", { start: e, end: s, level: a });
}
function cs(n, t) {
  const { view: e, format: s, hass: a, now: i, t: o } = n, r = `state_${t.state ?? ""}`, c = (_) => Xt(_, s, (y) => Vt(a, y)), l = [
    ls(t, n),
    ...t === e.plans[0] ? [] : [it(t.verdict, s, i)],
    ...P(r) ? [o(r)] : [],
    ...t.waits_for ? [o("waits", { reason: c(t.waits_for) })] : []
  ], h = o("cancel_session", se(t, n)), p = t.cancellable ? () => We(n, t) : void 0;
  return ae(n, l.join(" · "), h, p);
}
function ls(n, { format: t, t: e }) {
  return n.source === "charge_now" ? e("charge_now_row", { target: t.percent(n.target) }) : n.title ?? e(n.source === "target_of_day" ? "target_of_day_row" : "special");
}
function ae({ busy: n, compact: t, t: e }, s, a, i) {
  const o = i && !t ? d`<button class="act" aria-label=${a} ?disabled=${n} @click=${i}>
          ${e("cancel")}
        </button>` : u;
  return d`<div class="session"><span>${s}</span>${o}</div>`;
}
const ds = [
  ot,
  O`
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
    .compact .session,
    .compact .problems span {
      font-size: 18px;
    }
    .compact .soft,
    .compact dt {
      font-size: 16px;
    }
  `
], us = 6e4;
class hs extends x {
  constructor() {
    super(), this.ahead = 0, this.subscription = new te("subscribe_car", (t, e) => {
      this.failure = e, t && (this.view = t, this.ahead = Date.parse(t.at) - Date.now(), this.now = this.serverTime());
    }), this.now = /* @__PURE__ */ new Date(), this.busy = !1;
  }
  static {
    this.properties = {
      hass: { attribute: !1 },
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
          // The account is a device too, but one without a switch.
          selector: {
            device: { filter: [{ integration: f }], entity: [{ domain: "switch" }] }
          }
        },
        { name: "name", selector: { text: {} } },
        { name: "compact", selector: { boolean: {} } }
      ],
      computeLabel: (t) => ps(t.name)
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
    super.connectedCallback(), this.now = this.serverTime(), this.clock = setInterval(() => this.now = this.serverTime(), us / 2), this.requestUpdate();
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
    const s = t.locale?.language ?? t.language;
    this.loadedLanguage !== s && (this.loadedLanguage = s, Promise.all(
      ["issues", "exceptions"].map((a) => t.loadBackendTranslation?.(a, f))
    ).then(() => this.requestUpdate()));
  }
  render() {
    const { hass: t, config: e, view: s } = this;
    if (!t || !e) return u;
    const a = new Q(t), i = g(a), o = e.compact === !0;
    if (!s) {
      const l = this.failure ? z(t, this.failure) : i("waiting");
      return d`<ha-card>
        <div class="card"><p role="status">${this.device ? l : i("no_car")}</p></div>
      </ha-card>`;
    }
    const r = e.name || s.name, c = this.context(t, s, a, i);
    return d`<ha-card>
      <section class=${o ? "card compact" : "card"} aria-label=${r}>
        <div class="state">
          ${Qe(c, r)} ${o ? u : Dt(c)} ${es(c)}
          ${ss(c)}
        </div>
        ${s.prices.length ? d`<tesla-scout-strip
                .view=${s}
                .format=${a}
                .now=${this.now}
              ></tesla-scout-strip>` : u}
        ${o ? Dt(c) : Re(c)}
        <div class="talk" aria-live="polite">${this.talk(i)}</div>
      </section>
    </ha-card>`;
  }
  /** Keeps the button that was pressed; one within what closes is none to go back to. */
  remember() {
    const t = this.shadowRoot?.activeElement;
    t instanceof HTMLElement && t.matches(".buttons button, .session button, .problems button") && (this.asker = t);
  }
  /**
   * Moves the focus to a question, and back to the button that asked it: who uses a keyboard
   * would begin anew at the top of the page, since the button that had the focus is gone.
   */
  updated(t) {
    const e = this.shadowRoot;
    if (!(!e || !this.asker)) {
      if (t.has("question") && this.question)
        e.querySelector(".box .main")?.focus();
      else if (["question", "answer", "form", "busy"].some((s) => t.has(s))) {
        if (!(e.activeElement === null && document.activeElement === document.body) || this.form) return;
        (e.querySelector(".box button:last-of-type") ?? this.asker).focus({ preventScroll: !0 });
      }
    }
  }
  /** What the parts of the card know of it, and may ask it to do. */
  context(t, e, s, a) {
    const { now: i, device: o, busy: r, form: c, target: l } = this;
    return {
      hass: t,
      view: e,
      format: s,
      t: a,
      now: i,
      device: o,
      busy: r,
      form: c,
      dragged: l,
      compact: this.config?.compact === !0,
      ask: (h) => {
        this.question = h, this.remember();
      },
      askNext: (h) => this.next = h,
      say: (h) => this.answer = h,
      act: (h) => this.act(h),
      open: (h) => {
        this.form = h, this.remember();
      },
      drag: (h) => this.target = h
    };
  }
  /** A question before what costs; an answer after what was done. */
  talk(t) {
    const { question: e, answer: s } = this;
    if (e) {
      const { other: i } = e;
      return d`<div class="box">
        <span>${e.text}</span>
        <button class="act main" ?disabled=${this.busy} @click=${() => this.act(e.act)}>
          ${e.yes ?? t("yes")}
        </button>
        ${i ? d`<button class="act" ?disabled=${this.busy} @click=${() => this.act(i.act)}>
                ${i.text}
              </button>` : u}
        <button class="act" @click=${() => this.question = void 0}>${t("no")}</button>
      </div>`;
    }
    if (!s) return u;
    const { undo: a } = s;
    return d`<div class="box">
      <span>${s.text}</span>
      ${a ? d`<button
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
      this.answer = { text: this.hass ? z(this.hass, e) : String(e) };
    } finally {
      this.busy = !1, this.question = this.next, this.next = void 0;
    }
  }
  static {
    this.styles = ds;
  }
}
function ps(n) {
  const t = document.documentElement.lang || navigator.language || "en", e = `field_${n === "device_id" ? "device" : n}`, s = new Q({ language: t, config: { time_zone: "UTC" } });
  return P(e) ? g(s)(e) : n;
}
function gs(n, t) {
  const e = n.entities[t];
  if (e?.platform !== f || !e.device_id) return null;
  const s = tt(n).find(({ id: a }) => a === e.device_id);
  return s ? {
    label: q(s),
    config: { type: "custom:tesla-scout-card", device_id: s.id }
  } : null;
}
const _s = O`
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
`;
class st extends x {
  static {
    this.properties = {
      hass: { attribute: !1 },
      format: { attribute: !1 },
      view: { attribute: !1 },
      device: { attribute: !1 },
      now: { attribute: !1 },
      target: { state: !0 },
      error: { state: !0 },
      busy: { state: !0 }
    };
  }
  constructor() {
    super(), this.target = 100, this.busy = !1;
  }
  firstUpdated() {
    this.renderRoot.querySelector("input")?.focus();
  }
  targetRow(t = g(this.format)("target")) {
    const e = this.format.percent(this.target);
    return d`
      <div class="row">
        <label for="target">${t}</label>
        <input
          id="target"
          type="range"
          min="50"
          max="100"
          step="1"
          .value=${String(this.target)}
          style=${`--at:${this.target}`}
          aria-valuetext=${e}
          @input=${this.moved}
        />
        <output for="target">${e}</output>
      </div>
    `;
  }
  /** Says that the limit is raised for a target above it. */
  limitNote() {
    return this.view.limit !== null && this.target > this.view.limit ? d`<p class="soft">${g(this.format)("special_limit")}</p>` : u;
  }
  moved(t) {
    this.target = Number(t.target.value);
  }
  static {
    this.styles = [ot, _s];
  }
}
const ms = 24 * 36e5, fs = [0, 1, 2, 3, 4, 5, 6];
class ys extends st {
  static {
    this.properties = {
      date: { state: !0 }
    };
  }
  constructor() {
    super(), this.date = "";
  }
  connectedCallback() {
    super.connectedCallback(), this.date ||= this.dateIn(1);
  }
  render() {
    const t = g(this.format), e = { target: this.format.percent(this.target), day: this.dayName(this.date) };
    return d`
      <form @submit=${this.confirm} aria-label=${t("day_title")}>
        ${this.targetRow()}
        <div class="row">
          <label for="date">${t("day_label")}</label>
          <div class="times">
            ${fs.map((s) => this.chip(this.dateIn(s)))}
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
          ${this.error ? d`<p class="bad">${this.error}</p>` : u} ${this.limitNote()}
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
    return d`<button
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
    return this.format.local(new Date(e.getTime() + t * ms)).slice(0, 10);
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
    const { device: e, target: s, date: a } = this;
    this.busy = !0, this.error = void 0;
    try {
      const i = { device_id: e, target: s, date: a };
      await this.hass.callService(f, "set_target", i, void 0, !1);
      const o = { target: s, date: a, day: this.dayName(a) };
      this.dispatchEvent(new CustomEvent("day-set", { detail: o }));
    } catch (i) {
      this.error = z(this.hass, i);
    } finally {
      this.busy = !1;
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("day-closed"));
  }
  static {
    this.styles = [
      ...st.styles,
      O`
      input[type="date"] {
        min-width: 150px;
      }
    `
    ];
  }
}
const I = 36e5, ws = 300;
class vs extends st {
  constructor() {
    super(...arguments), this.asked = 0;
  }
  static {
    this.properties = {
      by: { state: !0 },
      plan: { state: !0 }
    };
  }
  connectedCallback() {
    super.connectedCallback(), this.by ??= this.choices()[0]?.at, this.ask(0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), clearTimeout(this.timer);
  }
  render() {
    const t = g(this.format), { now: e } = this, s = {
      target: this.format.percent(this.target),
      ready_by: this.by ? this.format.when(this.by, e) : ""
    };
    return d`
      <form @submit=${this.confirm} aria-label=${t("special_title")}>
        ${this.targetRow()}
        <div class="row">
          <label for="by">${t("special_by")}</label>
          <div class="times">
            ${this.choices().map(
      ({ at: a }) => d`<button
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
            ${t("special_confirm", s)}
          </button>
        </div>
      </form>
    `;
  }
  preview(t) {
    const e = g(this.format);
    if (this.error) return d`<p class="bad">${this.error}</p>`;
    const { plan: s } = this;
    if (!s) return d`<p class="soft">${e("previewing")}</p>`;
    const { currency: a } = this.view, i = Qt(s), o = Kt(s.windows, this.view.timed, this.format, t), r = [
      s.windows.length ? e("preview_windows", { windows: Gt(s.windows, this.format, t) }) : e("preview_nothing"),
      ...s.windows.length ? [this.format.energy(s.energy)] : [],
      ...s.cost !== null && a ? [this.format.money(s.cost, a)] : []
    ];
    return d`
      <p class=${`verdict ${s.verdict.tone}`}>
        ${it(s.verdict, this.format, t)}
      </p>
      <p>${r.join(" · ")}</p>
      ${i !== null && a ? d`<p class="soft">${e("saves", { amount: this.format.money(i, a) })}</p>` : u}
      ${o === null ? u : d`<p class="soft">${o}</p>`} ${this.limitNote()}
    `;
  }
  /** Times that people mean: the next departure, and the one a day after it. */
  choices() {
    const t = this.view?.departure ? new Date(this.view.departure) : new Date(Math.ceil((this.now.getTime() + 8 * I) / I) * I), e = [t.getTime(), t.getTime() + 24 * I], s = this.now.getTime() + I;
    return e.filter((a) => a > s).map((a) => ({ at: new Date(a) }));
  }
  moved(t) {
    super.moved(t), this.ask(ws);
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
          type: `${f}/preview_plan`,
          device_id: this.device,
          target: this.target,
          ready_by: this.by.toISOString()
        });
        t === this.asked && (this.plan = e);
      } catch (e) {
        t === this.asked && (this.error = z(this.hass, e));
      }
  }
  async confirm(t) {
    if (t.preventDefault(), !(!this.by || !this.plan || this.busy)) {
      this.busy = !0;
      try {
        const e = await this.hass.callService(
          f,
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
        this.error = z(this.hass, e);
      } finally {
        this.busy = !1;
      }
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("special-closed"));
  }
}
function bs(n) {
  return [...new Set(
    Object.values(n.entities).filter((e) => e.platform === f && e.device_id).map((e) => e.device_id)
  )].map((e) => n.devices[e]).filter((e) => e?.entry_type === "service").sort((e, s) => q(e).localeCompare(q(s)));
}
function $s(n) {
  return Object.values(n.entities).filter((t) => t.platform === f && t.entity_id.startsWith("calendar.")).map((t) => t.entity_id).sort();
}
class ks extends HTMLElement {
  /** Home Assistant asks for the dashboard each time that it is opened. */
  static async generate(t, e) {
    const s = e.locale?.language ?? e.language, a = tt(e), i = a.map(({ id: h }) => ({
      type: "grid",
      cards: [{ type: "custom:tesla-scout-card", device_id: h }]
    })), o = bs(e).map(({ id: h }) => ({
      type: "custom:tesla-scout-account-card",
      device_id: h
    })), r = $s(e);
    r.length > 0 && o.push({ type: "calendar", entities: r, initial_view: "listWeek" });
    const c = [...t.cards ?? [], ...o];
    if (c.length > 0 && i.push({ type: "grid", cards: c }), a.length === 0) {
      const h = T(s, "strategy_empty");
      i.unshift({ type: "grid", cards: [{ type: "markdown", content: h }] });
    }
    return { title: "Tesla Scout & Worker", views: [{ title: "Tesla Scout", type: "sections", max_columns: 2, sections: i }] };
  }
}
const m = 36e5, Nt = 4 * m, xs = 36 * m;
function zs(n, t, e, s) {
  const a = Math.floor((s - Nt) / m) * m;
  return { width: n, top: t, bottom: e, start: a, end: a + Nt + xs };
}
function w(n, t) {
  const e = (t - n.start) / (n.end - n.start);
  return Math.min(n.width, Math.max(0, e * n.width));
}
function Ss(n, t) {
  return n.start + t / n.width * (n.end - n.start);
}
function ie(n, t) {
  const e = Math.min(100, Math.max(0, t)) / 100;
  return n.bottom - e * (n.bottom - n.top);
}
function As(n, t) {
  const e = t.prices.filter((l) => Ut(n, l) !== null), s = e.map(Pt).filter((l) => l !== null), a = Math.max(0.01, ...s), i = Math.min(0, ...s), r = (n.bottom - n.top) / (a - i), c = n.bottom + i * r;
  return e.flatMap((l) => {
    if (Ut(n, l) === null) return [];
    const p = Pt(l) ?? (a - i) * 0.6, _ = Math.max(2, Math.abs(p) * r);
    return js(l, t).map(({ start: y, end: v, planned: Y }) => ({
      x: w(n, y),
      width: Math.max(0, w(n, v) - w(n, y)),
      y: p < 0 ? c : c - _,
      height: _,
      known: l.known,
      planned: Y,
      peak: l.peak,
      price: l
    }));
  });
}
function Ts(n, t) {
  return n.prices.find(
    (e) => Date.parse(e.start) <= t && t < Date.parse(e.end)
  );
}
function Mt(n, t) {
  return t.filter((e) => Date.parse(e.at) <= n.end + m * 24).map((e, s) => {
    const a = `${w(n, Date.parse(e.at)).toFixed(1)},${ie(n, e.level).toFixed(1)}`;
    return `${s ? "L" : "M"}${a}`;
  }).join("");
}
function Ot(n, t) {
  for (let e = 1; e < n.length; e += 1) {
    const s = n[e - 1], a = n[e], i = Date.parse(s.at), o = Date.parse(a.at);
    if (i <= t && t <= o && o > i)
      return s.level + (a.level - s.level) * (t - i) / (o - i);
  }
  return null;
}
function Cs(n, t, e) {
  const s = n.width * m / (n.end - n.start), a = [3, 6, 12].find((o) => o * s >= t) ?? 24, i = [];
  for (let o = n.start; o < n.end; o += m)
    e(new Date(o)) % a === 0 && i.push(o);
  return i;
}
function Pt(n) {
  return n.known ? n.price ?? (n.peak ? 1 : 0.4) : n.estimate;
}
function Ut(n, t) {
  const e = Math.max(n.start, Date.parse(t.start)), s = Math.min(n.end, Date.parse(t.end));
  return e < s ? [e, s] : null;
}
function js(n, t) {
  const e = Date.parse(n.start), s = Date.parse(n.end), a = t.plans.flatMap((r) => r.windows).map((r) => [Date.parse(r.start), Date.parse(r.end)]), i = [e, s, ...a.flat()].filter((r) => e <= r && r <= s).sort((r, c) => r - c), o = [];
  for (let r = 1; r < i.length; r += 1) {
    const c = i[r - 1], l = i[r];
    if (c === l) continue;
    const h = a.some(([p, _]) => p <= c && l <= _);
    o.push({ start: c, end: l, planned: h });
  }
  return o;
}
const G = 34, j = 148, lt = 178, Rt = 7, Es = 0.05, Ds = 44;
class Ns extends x {
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
    if (!t || !e || !this.width) return d`<div class="room"></div>`;
    const s = zs(this.width, G, j, this.now.getTime());
    return d`
      <div class="chart">
        ${this.picture(s, t, e)} ${this.fingers(s, t, e)}
      </div>
      ${this.legend(t, e)} ${this.details(t, e)}
    `;
  }
  picture(t, e, s) {
    const a = this.now.getTime(), i = e.forecast.filter((l) => Date.parse(l.at) >= a), o = Ot(e.forecast, a) ?? e.level, r = o === null ? [] : [{ at: this.now.toISOString(), level: o }, ...i], c = e.level === null || o === null ? e.past : [...e.past, { at: this.now.toISOString(), level: o }];
    return d`
      <svg
        width=${this.width}
        height=${lt}
        viewBox="0 0 ${this.width} ${lt}"
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
        ${this.days(t, s)}
        ${As(t, e).map(
      (l) => $`<rect
              class=${`bar${l.known ? "" : " unknown"}${l.planned ? " planned" : ""}`}
              fill=${l.known ? u : "url(#hatch)"}
              x=${l.x} y=${l.y}
              width=${Math.max(0.5, l.width - (l.width > 4 ? 1 : 0))}
              height=${l.height}></rect>`
    )}
        ${this.lane(t, e)}
        <path class="level past" d=${Mt(t, c)}></path>
        <path class="level" d=${Mt(t, r)}></path>
        ${this.flags(t, e, s)}
        <line
          class="now"
          x1=${w(t, a)}
          x2=${w(t, a)}
          y1=${G - 4}
          y2=${j + Rt + 4}
        ></line>
        ${o === null ? u : $`<circle class="dot" cx=${w(t, a)} cy=${ie(t, o)} r="4"></circle>`}
        ${this.mark(t)}
      </svg>
    `;
  }
  /** Midnights with the day, and the hours of the axis. */
  days(t, e) {
    const s = w(t, this.now.getTime()), a = g(e)("now");
    return Cs(t, 34, (i) => e.hourOfDay(i)).map((i) => {
      const o = w(t, i), r = e.hourOfDay(new Date(i)) === 0, c = Math.abs(o - s) < 14 + a.length * 3, l = o < 10 || o > this.width - 10;
      return $`
        ${r ? $`<line class="day" x1=${o} x2=${o} y1=${G - 4} y2=${j}></line>` : u}
        ${c || l ? u : $`<text class="hour" x=${o} y=${lt - 4}>${r ? e.weekday(new Date(i)) : e.hour(new Date(i))}</text>`}
      `;
    });
  }
  /** Below the bars: what is planned as an outline, what ran as a full bar. */
  lane(t, e) {
    const s = e.plans.flatMap((i) => i.windows), a = (i, o, r) => {
      const c = w(t, Date.parse(i)), l = w(t, Date.parse(o));
      return l <= 0 || c >= this.width ? u : $`<rect class=${r} x=${c} y=${j + 3}
        width=${Math.max(2, l - c)} height=${Rt - 2} rx="2"></rect>`;
    };
    return [
      ...e.ran.map((i) => a(i.start, i.end, "ran")),
      ...s.map((i) => a(i.start, i.end, "lane"))
    ].filter((i) => i !== u);
  }
  /** Deadlines and the departure as flags above the bars. */
  flags(t, e, s) {
    const a = g(s), o = e.plans.filter((l, h) => h === 0 || l.verdict.key !== "reached").map((l) => ({
      at: Date.parse(l.ready_by),
      text: s.percent(l.target),
      special: l.session_id !== null
    })), r = e.departure === null ? null : Date.parse(e.departure);
    r !== null && !o.some((l) => Math.abs(l.at - r) < m / 4) && o.push({ at: r, text: a("departure"), special: !1 });
    const c = [-1 / 0, -1 / 0];
    return o.filter((l) => l.at > t.start && l.at < t.end).sort((l, h) => l.at - h.at).map((l) => {
      const h = w(t, l.at), p = `${l.text} · ${s.time(new Date(l.at))}`, _ = p.length * 3.4, y = Math.min(this.width - _, Math.max(_, h)), v = c.findIndex((re) => re <= y - _);
      v >= 0 && (c[v] = y + _);
      const Y = 16 + Math.max(0, v) * 13;
      return $`
          <line class=${l.special ? "flag special" : "flag"} x1=${h} x2=${h} y1=${Y} y2=${j}></line>
          ${v < 0 ? u : $`<text class="flag" x=${y} y=${Y - 5}>${p}</text>`}
        `;
    });
  }
  /** Where the chosen hour is. */
  mark(t) {
    if (this.chosen?.kind !== "hour") return u;
    const e = w(t, this.chosen.at);
    return $`<line class="mark" x1=${e} x2=${e} y1=${G - 4} y2=${j}></line>`;
  }
  /** What can be tapped and reached by the keyboard: the hours, the windows, what ran. */
  fingers(t, e, s) {
    const a = g(s), i = this.chosen?.kind === "hour" ? this.chosen.at : this.now.getTime(), o = w(t, this.now.getTime());
    return d`
      <div
        class="hours"
        role="slider"
        tabindex="0"
        aria-label=${`${a("strip")}. ${a("strip_keys")}`}
        aria-valuemin="0"
        aria-valuemax=${Math.round((t.end - t.start) / m)}
        aria-valuenow=${Math.round((i - t.start) / m)}
        aria-valuetext=${this.hourText(e, s, i)}
        @click=${(r) => this.tapped(r, t)}
        @keydown=${(r) => this.pressed(r, t, i)}
      ></div>
      <span class="now" style=${`left:${o}px`}>${a("now")}</span>
      ${e.ran.filter(({ energy: r }) => r >= Es).map((r) => this.finger(t, s, r, a("ran"), { kind: "ran", run: r }))}
      ${e.plans.flatMap(
      (r) => r.windows.map(
        (c) => this.finger(t, s, c, a("window"), {
          kind: "window",
          plan: r,
          window: c
        })
      )
    )}
    `;
  }
  finger(t, e, s, a, i) {
    const o = w(t, Date.parse(s.start)), r = w(t, Date.parse(s.end));
    if (r <= 0 || o >= this.width) return u;
    const c = Math.min(this.width, Math.max(Ds, r - o)), l = Math.min(this.width - c, Math.max(0, (o + r - c) / 2)), h = `${a} ${this.spanText(s, e)}, ${e.energy(s.energy)}`;
    return d`<button
      class="finger"
      style=${`left:${l}px;width:${c}px`}
      aria-label=${h}
      aria-expanded=${this.isChosen(i) ? "true" : "false"}
      @click=${() => this.choose(i)}
    ></button>`;
  }
  legend(t, e) {
    const s = g(e), a = [
      ["planned", s("legend_planned"), t.plans.some((i) => i.windows.length > 0)],
      ["ran", s("legend_ran"), t.ran.length > 0],
      ["unknown", s("legend_unknown"), t.prices.some((i) => !i.known)],
      ["soc", s("legend_level"), t.level !== null]
    ];
    return d`<div class="legend soft" aria-hidden="true">
      ${a.filter(([, , i]) => i).map(([i, o]) => d`<span><i class=${i}></i>${o}</span>`)}
    </div>`;
  }
  details(t, e) {
    const s = g(e), a = this.chosenContent(t, e);
    return d`<div class="details" aria-live="polite">
      ${a === null ? u : d`<div class="box">
              <div class="text">${a}</div>
              <button class="close" aria-label=${s("close")} @click=${this.close}>✕</button>
            </div>`}
    </div>`;
  }
  chosenContent(t, e) {
    const { chosen: s } = this, a = g(e);
    if (s === void 0) return null;
    if (s.kind === "hour") return d`<b>${this.hourText(t, e, s.at)}</b>`;
    if (s.kind === "ran") {
      const { run: c } = s;
      return d`<b>${a("ran")} ${this.spanText(c, e)}</b>
        <div>${this.gain(c, e)}${this.costText(c.cost, t, e)}</div>`;
    }
    const i = t.plans.find((c) => c.session_id === s.plan.session_id), o = i?.windows.find((c) => c.end === s.window.end);
    if (!i || !o) return null;
    const r = t.currency;
    return d`<b>${a("window")} ${this.spanText(o, e)}</b>
      <div>${this.gain(o, e)}${this.costText(o.cost, t, e)}</div>
      ${r !== null && o.cost_now !== null ? d`<div class="soft">
              ${a("at_once_costs", { amount: e.money(o.cost_now, r) })}${o.cost_late === null ? "" : ` · ${a("late_costs", { amount: e.money(o.cost_late, r) })}`}
            </div>` : u}
      ${Me(i, e).map(
      (c, l) => d`<div>
            ${l === 0 ? d`<span class="soft">${a("why")}:</span> ` : u}${c}
          </div>`
    )}`;
  }
  gain(t, e) {
    return `${g(e)("from_to", {
      from: e.percent(t.level_from),
      to: e.percent(t.level_to)
    })}, ${e.energy(t.energy)}`;
  }
  costText(t, e, s) {
    return e.currency === null ? "" : t === null ? `. ${g(s)("free_of_price")}` : `, ${s.money(t, e.currency)}`;
  }
  spanText(t, e) {
    return `${e.soon(new Date(t.start), this.now)}–${e.time(new Date(t.end))}`;
  }
  /** An hour in words: its price, and the level that is expected then. */
  hourText(t, e, s) {
    const a = g(e), i = Ts(t, s), o = Ot(t.forecast, s), r = [e.when(new Date(s), this.now)];
    return i && r.push(Ms(i, t.currency, e)), o !== null && r.push(`${a("level")} ${e.percent(o)}`), r.join(" · ");
  }
  tapped(t, e) {
    const s = t.currentTarget.getBoundingClientRect(), a = Ss(e, t.clientX - s.left);
    this.choose({ kind: "hour", at: Math.floor(a / (m / 4)) * (m / 4) });
  }
  pressed(t, e, s) {
    const a = Math.floor(s / m) * m, o = {
      ArrowRight: a + m,
      ArrowUp: a + m,
      ArrowLeft: a - m,
      ArrowDown: a - m,
      PageUp: a + 6 * m,
      PageDown: a - 6 * m,
      Home: e.start,
      End: e.end - m
    }[t.key];
    o !== void 0 && (t.preventDefault(), this.chosen = { kind: "hour", at: Math.min(e.end - m, Math.max(e.start, o)) });
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
      ot,
      O`
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
function Ms(n, t, e) {
  const s = g(e);
  return n.known ? n.price === null || t === null ? s(n.peak ? "peak" : "off_peak") : e.price(n.price, t) : n.estimate === null || t === null ? s("price_unknown") : s("price_estimate", { price: e.price(n.estimate, t) });
}
const Os = 24 * 36e5, Ps = 7, Us = 50;
class Rs extends st {
  static {
    this.properties = {
      since: { state: !0 },
      until: { state: !0 }
    };
  }
  constructor() {
    super(), this.target = Us;
  }
  connectedCallback() {
    super.connectedCallback(), this.opened ??= this.now;
    const t = this.format.local(new Date(this.now.getTime() + Ps * Os)).slice(0, 10);
    this.until ??= this.format.instant(`${t}T12:00`);
  }
  render() {
    const t = g(this.format), { now: e, until: s, error: a } = this, i = {
      level: this.format.percent(this.target),
      until: s ? this.format.when(s, e) : ""
    }, o = s && s <= (this.since ?? e) ? t("vacation_order") : a;
    return d`
      <form @submit=${this.confirm} aria-label=${t("vacation_title")}>
        ${this.targetRow(t("vacation_level"))}
        ${this.timeRow("since", t("vacation_from"), this.since ?? this.opened)}
        ${this.timeRow("until", t("vacation_until"), s)}
        <div aria-live="polite">${o ? d`<p class="bad">${o}</p>` : u}</div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button
            type="submit"
            class="act main"
            ?disabled=${this.busy || !s || s <= (this.since ?? e)}
          >
            ${t("vacation_confirm", i)}
          </button>
        </div>
      </form>
    `;
  }
  timeRow(t, e, s) {
    return d`<div class="row">
      <label for=${t}>${e}</label>
      <div class="times">
        <input
          id=${t}
          type="datetime-local"
          .value=${s ? this.format.local(s) : ""}
          @change=${this.typed}
        />
      </div>
    </div>`;
  }
  typed(t) {
    const { id: e, value: s } = t.target;
    s && (this.error = void 0, this[e] = this.format.instant(s));
  }
  async confirm(t) {
    t.preventDefault();
    const { device: e, since: s, until: a, target: i, now: o } = this;
    if (this.busy || !a || a <= (s ?? o)) return;
    this.busy = !0, this.error = void 0;
    const r = s && s > o ? { start: s.toISOString() } : {};
    try {
      const c = { device_id: e, ...r, end: a.toISOString(), level: i };
      await this.hass.callService(f, "start_vacation", c, void 0, !1);
      const l = {
        kind: "vacation",
        since: (s ?? o).toISOString(),
        until: a.toISOString(),
        target: i
      };
      this.dispatchEvent(new CustomEvent("vacation-set", { detail: l }));
    } catch (c) {
      this.error = z(this.hass, c);
    } finally {
      this.busy = !1;
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("vacation-closed"));
  }
}
const Is = {
  "tesla-scout-strip": Ns,
  "tesla-scout-special": vs,
  "tesla-scout-day": ys,
  "tesla-scout-vacation": Rs,
  "tesla-scout-card": hs,
  "tesla-scout-account-card": Ue,
  "ll-strategy-dashboard-tesla-scout": ks
};
async function Hs() {
  document.readyState === "loading" && await new Promise(
    (n) => document.addEventListener("DOMContentLoaded", n, { once: !0 })
  ), document.querySelector("home-assistant") && await customElements.whenDefined("home-assistant");
  for (const [n, t] of Object.entries(Is))
    customElements.get(n) || customElements.define(n, t);
}
Hs();
const M = window, H = document.documentElement.lang || navigator.language || "en", oe = "https://github.com/tesla-scout-worker/tesla-scout-worker/blob/main/docs/card.md";
M.customCards ??= [];
for (const n of [
  {
    type: "tesla-scout-card",
    name: T(H, "card_name"),
    description: T(H, "card_description"),
    getEntitySuggestion: gs
  },
  {
    type: "tesla-scout-account-card",
    name: T(H, "account_card_name"),
    description: T(H, "account_card_description")
  }
])
  M.customCards.some(({ type: t }) => t === n.type) || M.customCards.push({ ...n, preview: !0, documentationURL: oe });
M.customStrategies ??= [];
M.customStrategies.some(({ type: n }) => n === "tesla-scout") || M.customStrategies.push({
  type: "tesla-scout",
  strategyType: "dashboard",
  name: "Tesla Scout",
  description: T(H, "strategy_description"),
  documentationURL: oe
});
