const Z = globalThis, at = Z.ShadowRoot && (Z.ShadyCSS === void 0 || Z.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, ot = /* @__PURE__ */ Symbol(), ht = /* @__PURE__ */ new WeakMap();
let Et = class {
  constructor(t, e, s) {
    if (this._$cssResult$ = !0, s !== ot) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
    this.cssText = t, this.t = e;
  }
  get styleSheet() {
    let t = this.o;
    const e = this.t;
    if (at && t === void 0) {
      const s = e !== void 0 && e.length === 1;
      s && (t = ht.get(e)), t === void 0 && ((this.o = t = new CSSStyleSheet()).replaceSync(this.cssText), s && ht.set(e, t));
    }
    return t;
  }
  toString() {
    return this.cssText;
  }
};
const Kt = (i) => new Et(typeof i == "string" ? i : i + "", void 0, ot), W = (i, ...t) => {
  const e = i.length === 1 ? i[0] : t.reduce((s, n, a) => s + ((o) => {
    if (o._$cssResult$ === !0) return o.cssText;
    if (typeof o == "number") return o;
    throw Error("Value passed to 'css' function must be a 'css' function result: " + o + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
  })(n) + i[a + 1], i[0]);
  return new Et(e, i, ot);
}, Vt = (i, t) => {
  if (at) i.adoptedStyleSheets = t.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
  else for (const e of t) {
    const s = document.createElement("style"), n = Z.litNonce;
    n !== void 0 && s.setAttribute("nonce", n), s.textContent = e.cssText, i.appendChild(s);
  }
}, ut = at ? (i) => i : (i) => i instanceof CSSStyleSheet ? ((t) => {
  let e = "";
  for (const s of t.cssRules) e += s.cssText;
  return Kt(e);
})(i) : i;
const { is: Yt, defineProperty: Jt, getOwnPropertyDescriptor: Xt, getOwnPropertyNames: Qt, getOwnPropertySymbols: te, getPrototypeOf: ee } = Object, J = globalThis, pt = J.trustedTypes, se = pt ? pt.emptyScript : "", ne = J.reactiveElementPolyfillSupport, R = (i, t) => i, it = { toAttribute(i, t) {
  switch (t) {
    case Boolean:
      i = i ? se : null;
      break;
    case Object:
    case Array:
      i = i == null ? i : JSON.stringify(i);
  }
  return i;
}, fromAttribute(i, t) {
  let e = i;
  switch (t) {
    case Boolean:
      e = i !== null;
      break;
    case Number:
      e = i === null ? null : Number(i);
      break;
    case Object:
    case Array:
      try {
        e = JSON.parse(i);
      } catch {
        e = null;
      }
  }
  return e;
} }, Dt = (i, t) => !Yt(i, t), gt = { attribute: !0, type: String, converter: it, reflect: !1, useDefault: !1, hasChanged: Dt };
Symbol.metadata ??= /* @__PURE__ */ Symbol("metadata"), J.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
let C = class extends HTMLElement {
  static addInitializer(t) {
    this._$Ei(), (this.l ??= []).push(t);
  }
  static get observedAttributes() {
    return this.finalize(), this._$Eh && [...this._$Eh.keys()];
  }
  static createProperty(t, e = gt) {
    if (e.state && (e.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(t) && ((e = Object.create(e)).wrapped = !0), this.elementProperties.set(t, e), !e.noAccessor) {
      const s = /* @__PURE__ */ Symbol(), n = this.getPropertyDescriptor(t, s, e);
      n !== void 0 && Jt(this.prototype, t, n);
    }
  }
  static getPropertyDescriptor(t, e, s) {
    const { get: n, set: a } = Xt(this.prototype, t) ?? { get() {
      return this[e];
    }, set(o) {
      this[e] = o;
    } };
    return { get: n, set(o) {
      const r = n?.call(this);
      a?.call(this, o), this.requestUpdate(t, r, s);
    }, configurable: !0, enumerable: !0 };
  }
  static getPropertyOptions(t) {
    return this.elementProperties.get(t) ?? gt;
  }
  static _$Ei() {
    if (this.hasOwnProperty(R("elementProperties"))) return;
    const t = ee(this);
    t.finalize(), t.l !== void 0 && (this.l = [...t.l]), this.elementProperties = new Map(t.elementProperties);
  }
  static finalize() {
    if (this.hasOwnProperty(R("finalized"))) return;
    if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(R("properties"))) {
      const e = this.properties, s = [...Qt(e), ...te(e)];
      for (const n of s) this.createProperty(n, e[n]);
    }
    const t = this[Symbol.metadata];
    if (t !== null) {
      const e = litPropertyMetadata.get(t);
      if (e !== void 0) for (const [s, n] of e) this.elementProperties.set(s, n);
    }
    this._$Eh = /* @__PURE__ */ new Map();
    for (const [e, s] of this.elementProperties) {
      const n = this._$Eu(e, s);
      n !== void 0 && this._$Eh.set(n, e);
    }
    this.elementStyles = this.finalizeStyles(this.styles);
  }
  static finalizeStyles(t) {
    const e = [];
    if (Array.isArray(t)) {
      const s = new Set(t.flat(1 / 0).reverse());
      for (const n of s) e.unshift(ut(n));
    } else t !== void 0 && e.push(ut(t));
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
    return Vt(t, this.constructor.elementStyles), t;
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
    const s = this.constructor.elementProperties.get(t), n = this.constructor._$Eu(t, s);
    if (n !== void 0 && s.reflect === !0) {
      const a = (s.converter?.toAttribute !== void 0 ? s.converter : it).toAttribute(e, s.type);
      this._$Em = t, a == null ? this.removeAttribute(n) : this.setAttribute(n, a), this._$Em = null;
    }
  }
  _$AK(t, e) {
    const s = this.constructor, n = s._$Eh.get(t);
    if (n !== void 0 && this._$Em !== n) {
      const a = s.getPropertyOptions(n), o = typeof a.converter == "function" ? { fromAttribute: a.converter } : a.converter?.fromAttribute !== void 0 ? a.converter : it;
      this._$Em = n;
      const r = o.fromAttribute(e, a.type);
      this[n] = r ?? this._$Ej?.get(n) ?? r, this._$Em = null;
    }
  }
  requestUpdate(t, e, s, n = !1, a) {
    if (t !== void 0) {
      const o = this.constructor;
      if (n === !1 && (a = this[t]), s ??= o.getPropertyOptions(t), !((s.hasChanged ?? Dt)(a, e) || s.useDefault && s.reflect && a === this._$Ej?.get(t) && !this.hasAttribute(o._$Eu(t, s)))) return;
      this.C(t, e, s);
    }
    this.isUpdatePending === !1 && (this._$ES = this._$EP());
  }
  C(t, e, { useDefault: s, reflect: n, wrapped: a }, o) {
    s && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(t) && (this._$Ej.set(t, o ?? e ?? this[t]), a !== !0 || o !== void 0) || (this._$AL.has(t) || (this.hasUpdated || s || (e = void 0), this._$AL.set(t, e)), n === !0 && this._$Em !== t && (this._$Eq ??= /* @__PURE__ */ new Set()).add(t));
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
        for (const [n, a] of this._$Ep) this[n] = a;
        this._$Ep = void 0;
      }
      const s = this.constructor.elementProperties;
      if (s.size > 0) for (const [n, a] of s) {
        const { wrapped: o } = a, r = this[n];
        o !== !0 || this._$AL.has(n) || r === void 0 || this.C(n, void 0, a, r);
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
C.elementStyles = [], C.shadowRootOptions = { mode: "open" }, C[R("elementProperties")] = /* @__PURE__ */ new Map(), C[R("finalized")] = /* @__PURE__ */ new Map(), ne?.({ ReactiveElement: C }), (J.reactiveElementVersions ??= []).push("2.1.2");
const rt = globalThis, _t = (i) => i, K = rt.trustedTypes, mt = K ? K.createPolicy("lit-html", { createHTML: (i) => i }) : void 0, Nt = "$lit$", $ = `lit$${Math.random().toFixed(9).slice(2)}$`, Pt = "?" + $, ie = `<${Pt}>`, T = document, H = () => T.createComment(""), I = (i) => i === null || typeof i != "object" && typeof i != "function", ct = Array.isArray, ae = (i) => ct(i) || typeof i?.[Symbol.iterator] == "function", tt = `[ 	
\f\r]`, M = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, ft = /-->/g, yt = />/g, k = RegExp(`>|${tt}(?:([^\\s"'>=/]+)(${tt}*=${tt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`, "g"), wt = /'/g, bt = /"/g, Mt = /^(?:script|style|textarea|title)$/i, Ot = (i) => (t, ...e) => ({ _$litType$: i, strings: t, values: e }), d = Ot(1), v = Ot(2), E = /* @__PURE__ */ Symbol.for("lit-noChange"), h = /* @__PURE__ */ Symbol.for("lit-nothing"), vt = /* @__PURE__ */ new WeakMap(), z = T.createTreeWalker(T, 129);
function Ut(i, t) {
  if (!ct(i) || !i.hasOwnProperty("raw")) throw Error("invalid template strings array");
  return mt !== void 0 ? mt.createHTML(t) : t;
}
const oe = (i, t) => {
  const e = i.length - 1, s = [];
  let n, a = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = M;
  for (let r = 0; r < e; r++) {
    const c = i[r];
    let l, u, p = -1, m = 0;
    for (; m < c.length && (o.lastIndex = m, u = o.exec(c), u !== null); ) m = o.lastIndex, o === M ? u[1] === "!--" ? o = ft : u[1] !== void 0 ? o = yt : u[2] !== void 0 ? (Mt.test(u[2]) && (n = RegExp("</" + u[2], "g")), o = k) : u[3] !== void 0 && (o = k) : o === k ? u[0] === ">" ? (o = n ?? M, p = -1) : u[1] === void 0 ? p = -2 : (p = o.lastIndex - u[2].length, l = u[1], o = u[3] === void 0 ? k : u[3] === '"' ? bt : wt) : o === bt || o === wt ? o = k : o === ft || o === yt ? o = M : (o = k, n = void 0);
    const w = o === k && i[r + 1].startsWith("/>") ? " " : "";
    a += o === M ? c + ie : p >= 0 ? (s.push(l), c.slice(0, p) + Nt + c.slice(p) + $ + w) : c + $ + (p === -2 ? r : w);
  }
  return [Ut(i, a + (i[e] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), s];
};
class B {
  constructor({ strings: t, _$litType$: e }, s) {
    let n;
    this.parts = [];
    let a = 0, o = 0;
    const r = t.length - 1, c = this.parts, [l, u] = oe(t, e);
    if (this.el = B.createElement(l, s), z.currentNode = this.el.content, e === 2 || e === 3) {
      const p = this.el.content.firstChild;
      p.replaceWith(...p.childNodes);
    }
    for (; (n = z.nextNode()) !== null && c.length < r; ) {
      if (n.nodeType === 1) {
        if (n.hasAttributes()) for (const p of n.getAttributeNames()) if (p.endsWith(Nt)) {
          const m = u[o++], w = n.getAttribute(p).split($), b = /([.?@])?(.*)/.exec(m);
          c.push({ type: 1, index: a, name: b[2], strings: w, ctor: b[1] === "." ? ce : b[1] === "?" ? le : b[1] === "@" ? de : X }), n.removeAttribute(p);
        } else p.startsWith($) && (c.push({ type: 6, index: a }), n.removeAttribute(p));
        if (Mt.test(n.tagName)) {
          const p = n.textContent.split($), m = p.length - 1;
          if (m > 0) {
            n.textContent = K ? K.emptyScript : "";
            for (let w = 0; w < m; w++) n.append(p[w], H()), z.nextNode(), c.push({ type: 2, index: ++a });
            n.append(p[m], H());
          }
        }
      } else if (n.nodeType === 8) if (n.data === Pt) c.push({ type: 2, index: a });
      else {
        let p = -1;
        for (; (p = n.data.indexOf($, p + 1)) !== -1; ) c.push({ type: 7, index: a }), p += $.length - 1;
      }
      a++;
    }
  }
  static createElement(t, e) {
    const s = T.createElement("template");
    return s.innerHTML = t, s;
  }
}
function D(i, t, e = i, s) {
  if (t === E) return t;
  let n = s !== void 0 ? e._$Co?.[s] : e._$Cl;
  const a = I(t) ? void 0 : t._$litDirective$;
  return n?.constructor !== a && (n?._$AO?.(!1), a === void 0 ? n = void 0 : (n = new a(i), n._$AT(i, e, s)), s !== void 0 ? (e._$Co ??= [])[s] = n : e._$Cl = n), n !== void 0 && (t = D(i, n._$AS(i, t.values), n, s)), t;
}
class re {
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
    const { el: { content: e }, parts: s } = this._$AD, n = (t?.creationScope ?? T).importNode(e, !0);
    z.currentNode = n;
    let a = z.nextNode(), o = 0, r = 0, c = s[0];
    for (; c !== void 0; ) {
      if (o === c.index) {
        let l;
        c.type === 2 ? l = new q(a, a.nextSibling, this, t) : c.type === 1 ? l = new c.ctor(a, c.name, c.strings, this, t) : c.type === 6 && (l = new he(a, this, t)), this._$AV.push(l), c = s[++r];
      }
      o !== c?.index && (a = z.nextNode(), o++);
    }
    return z.currentNode = T, n;
  }
  p(t) {
    let e = 0;
    for (const s of this._$AV) s !== void 0 && (s.strings !== void 0 ? (s._$AI(t, s, e), e += s.strings.length - 2) : s._$AI(t[e])), e++;
  }
}
class q {
  get _$AU() {
    return this._$AM?._$AU ?? this._$Cv;
  }
  constructor(t, e, s, n) {
    this.type = 2, this._$AH = h, this._$AN = void 0, this._$AA = t, this._$AB = e, this._$AM = s, this.options = n, this._$Cv = n?.isConnected ?? !0;
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
    t = D(this, t, e), I(t) ? t === h || t == null || t === "" ? (this._$AH !== h && this._$AR(), this._$AH = h) : t !== this._$AH && t !== E && this._(t) : t._$litType$ !== void 0 ? this.$(t) : t.nodeType !== void 0 ? this.T(t) : ae(t) ? this.k(t) : this._(t);
  }
  O(t) {
    return this._$AA.parentNode.insertBefore(t, this._$AB);
  }
  T(t) {
    this._$AH !== t && (this._$AR(), this._$AH = this.O(t));
  }
  _(t) {
    this._$AH !== h && I(this._$AH) ? this._$AA.nextSibling.data = t : this.T(T.createTextNode(t)), this._$AH = t;
  }
  $(t) {
    const { values: e, _$litType$: s } = t, n = typeof s == "number" ? this._$AC(t) : (s.el === void 0 && (s.el = B.createElement(Ut(s.h, s.h[0]), this.options)), s);
    if (this._$AH?._$AD === n) this._$AH.p(e);
    else {
      const a = new re(n, this), o = a.u(this.options);
      a.p(e), this.T(o), this._$AH = a;
    }
  }
  _$AC(t) {
    let e = vt.get(t.strings);
    return e === void 0 && vt.set(t.strings, e = new B(t)), e;
  }
  k(t) {
    ct(this._$AH) || (this._$AH = [], this._$AR());
    const e = this._$AH;
    let s, n = 0;
    for (const a of t) n === e.length ? e.push(s = new q(this.O(H()), this.O(H()), this, this.options)) : s = e[n], s._$AI(a), n++;
    n < e.length && (this._$AR(s && s._$AB.nextSibling, n), e.length = n);
  }
  _$AR(t = this._$AA.nextSibling, e) {
    for (this._$AP?.(!1, !0, e); t !== this._$AB; ) {
      const s = _t(t).nextSibling;
      _t(t).remove(), t = s;
    }
  }
  setConnected(t) {
    this._$AM === void 0 && (this._$Cv = t, this._$AP?.(t));
  }
}
class X {
  get tagName() {
    return this.element.tagName;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  constructor(t, e, s, n, a) {
    this.type = 1, this._$AH = h, this._$AN = void 0, this.element = t, this.name = e, this._$AM = n, this.options = a, s.length > 2 || s[0] !== "" || s[1] !== "" ? (this._$AH = Array(s.length - 1).fill(new String()), this.strings = s) : this._$AH = h;
  }
  _$AI(t, e = this, s, n) {
    const a = this.strings;
    let o = !1;
    if (a === void 0) t = D(this, t, e, 0), o = !I(t) || t !== this._$AH && t !== E, o && (this._$AH = t);
    else {
      const r = t;
      let c, l;
      for (t = a[0], c = 0; c < a.length - 1; c++) l = D(this, r[s + c], e, c), l === E && (l = this._$AH[c]), o ||= !I(l) || l !== this._$AH[c], l === h ? t = h : t !== h && (t += (l ?? "") + a[c + 1]), this._$AH[c] = l;
    }
    o && !n && this.j(t);
  }
  j(t) {
    t === h ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, t ?? "");
  }
}
class ce extends X {
  constructor() {
    super(...arguments), this.type = 3;
  }
  j(t) {
    this.element[this.name] = t === h ? void 0 : t;
  }
}
class le extends X {
  constructor() {
    super(...arguments), this.type = 4;
  }
  j(t) {
    this.element.toggleAttribute(this.name, !!t && t !== h);
  }
}
class de extends X {
  constructor(t, e, s, n, a) {
    super(t, e, s, n, a), this.type = 5;
  }
  _$AI(t, e = this) {
    if ((t = D(this, t, e, 0) ?? h) === E) return;
    const s = this._$AH, n = t === h && s !== h || t.capture !== s.capture || t.once !== s.once || t.passive !== s.passive, a = t !== h && (s === h || n);
    n && this.element.removeEventListener(this.name, this, s), a && this.element.addEventListener(this.name, this, t), this._$AH = t;
  }
  handleEvent(t) {
    typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, t) : this._$AH.handleEvent(t);
  }
}
class he {
  constructor(t, e, s) {
    this.element = t, this.type = 6, this._$AN = void 0, this._$AM = e, this.options = s;
  }
  get _$AU() {
    return this._$AM._$AU;
  }
  _$AI(t) {
    D(this, t);
  }
}
const ue = rt.litHtmlPolyfillSupport;
ue?.(B, q), (rt.litHtmlVersions ??= []).push("3.3.3");
const pe = (i, t, e) => {
  const s = e?.renderBefore ?? t;
  let n = s._$litPart$;
  if (n === void 0) {
    const a = e?.renderBefore ?? null;
    s._$litPart$ = n = new q(t.insertBefore(H(), a), a, void 0, e ?? {});
  }
  return n._$AI(i), n;
};
const lt = globalThis;
class x extends C {
  constructor() {
    super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
  }
  createRenderRoot() {
    const t = super.createRenderRoot();
    return this.renderOptions.renderBefore ??= t.firstChild, t;
  }
  update(t) {
    const e = this.render();
    this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(t), this._$Do = pe(e, this.renderRoot, this.renderOptions);
  }
  connectedCallback() {
    super.connectedCallback(), this._$Do?.setConnected(!0);
  }
  disconnectedCallback() {
    super.disconnectedCallback(), this._$Do?.setConnected(!1);
  }
  render() {
    return E;
  }
}
x._$litElement$ = !0, x.finalized = !0, lt.litElementHydrateSupport?.({ LitElement: x });
const ge = lt.litElementPolyfillSupport;
ge?.({ LitElement: x });
(lt.litElementVersions ??= []).push("4.2.2");
const Rt = 36e5, $t = 24 * Rt;
class V {
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
    return this.day(t) === this.day(e) ? this.time(t) : `${Math.abs(t.getTime() - e.getTime()) > 6 * $t ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t)} ${this.time(t)}`;
  }
  /** A day: the weekday, beyond a week the date. */
  dayName(t, e) {
    return t.getTime() - e.getTime() > 6 * $t ? this.date(t, { day: "numeric", month: "short" }) : this.weekday(t);
  }
  /** A time in the hours ahead: the day is clear without a name. */
  soon(t, e) {
    const s = t.getTime() - e.getTime();
    return s > 0 && s < 18 * Rt ? this.time(t) : this.when(t, e);
  }
  /** How long ago: 12 min, 3 h 5 min, 2 d. It is never broken into two lines. */
  duration(t) {
    const e = Math.max(0, Math.round(t / 6e4)), s = Math.floor(e / 60), n = this.language.startsWith("pl") ? "godz." : "h";
    if (s >= 48) return `${Math.floor(s / 24)} d`;
    if (s === 0) return `${e} min`;
    const a = `${s} ${n}`;
    return e % 60 ? `${a} ${e % 60} min` : a;
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
    }).formatToParts(t), s = (n) => e.find((a) => a.type === n)?.value ?? "";
    return `${s("year")}-${s("month")}-${s("day")}T${s("hour")}:${s("minute")}`;
  }
  /** The instant of such a value; the offset of the zone is found by trying. */
  instant(t) {
    const e = /* @__PURE__ */ new Date(`${t}:00Z`);
    let s = e;
    for (let n = 0; n < 2; n += 1) {
      const a = /* @__PURE__ */ new Date(`${this.local(s)}:00Z`);
      s = new Date(s.getTime() + e.getTime() - a.getTime());
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
const _ = "tesla_scout_worker";
function Y(i) {
  return [...new Set(
    Object.values(i.entities).filter((e) => e.platform === _ && e.device_id).map((e) => e.device_id)
  )].map((e) => i.devices[e]).filter((e) => e !== void 0 && e.entry_type === null).sort((e, s) => L(e).localeCompare(L(s)));
}
function xt(i) {
  return Object.values(i.entities).find((t) => t.platform === _)?.device_id;
}
function L(i) {
  return i.name_by_user ?? i.name ?? "";
}
function j(i, t) {
  const e = t;
  if (e.translation_key) {
    const s = `component.${_}.exceptions.${e.translation_key}.message`, n = i.localize(s, e.translation_placeholders ?? {});
    if (n && n !== s) return n;
  }
  return e.message ?? String(t);
}
function kt(i, t) {
  const e = `component.${_}.exceptions.${t}.message`, s = i.localize(e);
  return s && s !== e ? s : t;
}
const _e = `/config/integrations/integration/${_}`;
function Ht(i) {
  history.pushState(null, "", i), window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: !1 } }));
}
const dt = {
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
}, me = {
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
}, fe = { en: dt, pl: me };
function A(i, t, e = {}) {
  return (fe[i.split("-")[0] ?? "en"] ?? dt)[t].replace(/\{(\w+)\}/g, (n, a) => String(e[a] ?? ""));
}
function P(i) {
  return i in dt;
}
function g(i) {
  return (t, e) => A(i.language, t, e);
}
function G(i, t, e) {
  const s = g(t), n = {
    target: i.target === null ? "" : t.percent(i.target),
    level: i.level === null ? "" : t.percent(Math.floor(i.level)),
    ready_by: i.ready_by === null ? "" : t.when(new Date(i.ready_by), e),
    plug_in_by: i.plug_in_by === null ? "" : t.soon(new Date(i.plug_in_by), e),
    spare: i.spare === null ? "" : t.duration(i.spare * 6e4)
  };
  if (i.key === "on_track" && (i.spare ?? 0) < 1) return s("v_on_track_now", n);
  const a = i.plug_in_by === null ? 1 / 0 : Date.parse(i.plug_in_by);
  return i.key === "plug_in" && a - e.getTime() < 6e4 ? s("v_plug_in_now", n) : s(`v_${i.key}`, n);
}
function ye(i, t, e) {
  if (i.key !== "plug_in" || i.latest === null || i.plug_in_by === null)
    return null;
  const s = new Date(i.latest);
  return s.getTime() - Date.parse(i.plug_in_by) < 3e5 ? null : g(t)("latest", { latest: t.soon(s, e) });
}
function It(i, t, e) {
  return i.map(({ start: s, end: n }) => `${t.soon(new Date(s), e)}–${t.time(new Date(n))}`).join(", ");
}
function Bt(i, t, e, s) {
  const n = i.map(({ start: a }) => new Date(a)).find((a) => a > s);
  return !t || !n ? null : g(e)("timed", { at: e.soon(n, s) });
}
function we(i, t, e, s, n, a) {
  if (i.kind === "repair") {
    const u = `component.${n}.issues.${i.key}.title`, p = s(u, i.placeholders);
    return p && p !== u ? p : null;
  }
  const o = `p_${i.key}`;
  if (!P(o)) return null;
  const { target: r, ready_by: c, reason: l } = i.placeholders;
  return g(t)(o, {
    target: r ? t.percent(Number(r)) : "",
    ready_by: c ? t.when(new Date(c), e) : "",
    reason: Lt(l ?? "", t, a)
  });
}
function be(i, t, e) {
  const s = new Date(i.since), n = {
    target: i.target === null ? "" : t.percent(i.target),
    since: t.when(s, e),
    until: t.when(new Date(i.until), e),
    // The day begins at midnight where Home Assistant is.
    day: t.dayName(new Date(s.getTime() + 12 * 36e5), e)
  }, a = i.kind === "vacation" && s > e;
  return g(t)(a ? "said_vacation_from" : `said_${i.kind}`, n);
}
function Lt(i, t, e) {
  const s = `reason_${i || "unknown"}`;
  return P(s) ? g(t)(s) : e(i);
}
const ve = /* @__PURE__ */ new Set(["guard", "plan_kept", "latest_hours"]);
function $e(i, t) {
  const e = i.saving ?? 0, s = i.reasons.filter((n) => !ve.has(n));
  return (s.length ? s : i.reasons).slice(0, 3).map((n) => n === "prices_awaited" && e ? "r_prices_cheaper" : `r_${n}`).filter(P).map((n) => g(t)(n, { saving: t.percent(e) }));
}
function Wt(i) {
  if (i.cost === null || i.cost_now === null) return null;
  const t = i.cost_now - i.cost;
  return t >= 0.01 ? t : null;
}
const Q = W`
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
`, xe = 5e3;
class qt {
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
      const n = await t.connection.subscribeMessage(
        (a) => {
          s === this.turn && this.show(a);
        },
        { type: `${_}/${this.command}`, device_id: e }
      );
      s === this.turn ? this.stop = n : n().catch(() => {
      });
    } catch (n) {
      if (s !== this.turn) return;
      this.show(void 0, n), this.timer = setTimeout(() => {
        this.listen(t, e, s);
      }, xe);
    }
  }
}
const ke = {
  device_id: "field_account_device",
  name: "field_name"
};
class ze extends x {
  constructor() {
    super(...arguments), this.subscription = new qt(
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
        { name: "device_id", selector: { device: { filter: { integration: _ } } } },
        { name: "name", selector: { text: {} } }
      ],
      computeLabel: (t) => {
        const e = document.documentElement.lang || navigator.language || "en", s = ke[t.name], n = new V({ language: e, config: { time_zone: "UTC" } });
        return s ? g(n)(s) : t.name;
      }
    };
  }
  static getStubConfig(t) {
    const e = xt(t);
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
    const s = e.device_id ?? xt(t);
    s && this.subscription.start(t, s);
  }
  render() {
    const { hass: t, config: e, view: s } = this;
    if (!t || !e) return h;
    const n = new V(t), a = g(n);
    if (!s) {
      const c = this.failure ? j(t, this.failure) : a("waiting");
      return d`<ha-card
        ><div class="card"><p role="status">${c}</p></div></ha-card
      >`;
    }
    const o = e.name || s.name, r = s.stage !== null;
    return d`<ha-card>
      <section class="card" aria-label=${o}>
        <div class="title">
          <h2>${o}</h2>
          <span class="soft">${r ? this.month(s, n) : ""}</span>
          ${t.user && !t.user.is_admin ? h : d`<button class="act" @click=${() => Ht(_e)}>
                  ${a("settings")}
                </button>`}
        </div>
        ${s.signed_out ? d`<p>${a("v_signed_out")}</p>` : h}
        ${r ? this.bill(s, n) : h}
        ${r ? this.charging(s, n) : h}
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
    const s = g(e), n = `stage_${t.stage ?? ""}`, a = t.limit ? Math.min(100, 100 * t.cost / t.limit) : 0, o = t.limit === null ? s("no_budget") : s("of_budget", { limit: e.money(t.limit, t.currency) }), r = t.next_reset ? new Intl.DateTimeFormat(e.language, { day: "numeric", month: "short" }).format(
      new Date(Date.parse(t.next_reset) - 1)
    ) : "";
    return d`
      <div class="bill">
        <span class="soft">${s("bill")}</span>
        <span><b>${e.money(t.cost, t.currency)}</b> ${o}</span>
      </div>
      ${t.limit ? d`<div class="meter" aria-hidden="true">
              <div class=${t.stage ?? ""} style=${`width:${a}%`}></div>
            </div>` : h}
      <div class="soft small">
        ${[
      ...t.forecast === null ? [] : [
        s("bill_forecast", {
          amount: e.money(t.forecast, t.currency),
          date: r
        })
      ],
      ...P(n) ? [s(n)] : []
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
    return t.cars.filter((a) => a.currency !== null && a.energy > 0).map((a) => {
      const o = a.currency, r = a.on_arrival - a.cost, c = [
        e.energy(a.energy),
        e.money(a.cost, o),
        ...r >= 0.01 ? [s("saved", { amount: e.money(r, o) })] : []
      ], l = t.cars.length > 1 ? ` (${a.name})` : "";
      return d`<div class="bill">
        <span class="soft">${s("charged")}${l}</span><span>${c.join(" · ")}</span>
      </div>`;
    });
  }
  static {
    this.styles = [
      Q,
      W`
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
const Ae = [
  Q,
  W`
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
], et = 6e4, st = `/config/integrations/integration/${_}`, Te = {
  shadow: "fix_shadow",
  off: "fix_off",
  no_prices: "fix_options",
  budget_essential: "fix_options",
  budget_stopped: "fix_options"
};
class Se extends x {
  constructor() {
    super(), this.ahead = 0, this.subscription = new qt("subscribe_car", (t, e) => {
      this.failure = e, t && (this.view = t, this.ahead = Date.parse(t.at) - Date.now(), this.now = this.serverTime());
    }), this.now = /* @__PURE__ */ new Date(), this.special = !1, this.busy = !1;
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
      special: { state: !0 },
      busy: { state: !0 },
      target: { state: !0 }
    };
  }
  static getConfigForm() {
    return {
      schema: [
        {
          name: "device_id",
          selector: { device: { filter: { integration: _, manufacturer: "Tesla" } } }
        },
        { name: "name", selector: { text: {} } },
        { name: "compact", selector: { boolean: {} } }
      ],
      computeLabel: (t) => Ce(t.name)
    };
  }
  static getStubConfig(t) {
    const e = Y(t)[0]?.id;
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
    super.connectedCallback(), this.now = this.serverTime(), this.clock = setInterval(() => this.now = this.serverTime(), et / 2), this.requestUpdate();
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
    return this.config?.device_id ? this.config.device_id : this.hass ? Y(this.hass)[0]?.id : void 0;
  }
  willUpdate() {
    const { hass: t, device: e } = this;
    if (!t || !this.config || !this.isConnected) return;
    e && this.subscription.start(t, e);
    const s = t.locale?.language ?? t.language;
    this.loadedLanguage !== s && (this.loadedLanguage = s, Promise.all(
      ["issues", "exceptions"].map((n) => t.loadBackendTranslation?.(n, _))
    ).then(() => this.requestUpdate()));
  }
  render() {
    const { hass: t, config: e, view: s } = this;
    if (!t || !e) return h;
    const n = new V(t), a = g(n), o = e.compact === !0;
    if (!s) {
      const c = this.failure ? j(t, this.failure) : a("waiting");
      return d`<ha-card>
        <div class="card"><p role="status">${this.device ? c : a("no_car")}</p></div>
      </ha-card>`;
    }
    const r = e.name || s.name;
    return d`<ha-card>
      <section class=${o ? "card compact" : "card"} aria-label=${r}>
        <div class="state">
          ${this.head(r, s, n, a)} ${o ? h : this.problems(s, n)}
          ${this.verdict(s, n)} ${this.facts(s, n, a)}
        </div>
        ${s.prices.length ? d`<tesla-scout-strip
                .view=${s}
                .format=${n}
                .now=${this.now}
              ></tesla-scout-strip>` : h}
        ${o ? this.problems(s, n) : this.hands(t, s, n, a)}
        <div class="talk" aria-live="polite">${this.talk(a)}</div>
      </section>
    </ha-card>`;
  }
  head(t, e, s, n) {
    const a = e.level === null ? n("unknown_level") : s.percent(e.level), o = e.plans[0]?.target ?? e.limit;
    return d`<div class="head">
      <div class="number">
        <span class="hidden">${n("level")}</span>
        <span class="percent">${a}</span>
      </div>
      <div class="about">
        <h2>${t}</h2>
        <div class="soft">${this.status(e, s, n).join(" · ")}</div>
      </div>
      <div class="battery" aria-hidden="true">
        <div class="fill" style=${`width:${e.level ?? 0}%`}></div>
        ${o === null ? h : d`<div class="goal" style=${`left:${o}%`}></div>`}
      </div>
    </div>`;
  }
  status(t, e, s) {
    const n = [];
    if (t.charging) {
      const { power: a } = t;
      n.push(a ? s("charging_at", { power: e.number(a) }) : s("charging"));
    } else t.plugged_in !== null ? n.push(s(t.plugged_in ? "plugged_in" : "unplugged")) : t.seen_at !== null && n.push(s("plug_unknown"));
    if (t.at_home !== null && n.push(s(t.at_home ? "home" : "away")), t.connectivity === "asleep" && n.push(s("asleep")), t.connectivity === "offline" && n.push(s("offline")), t.limit !== null && n.push(s("limit", { limit: e.percent(t.limit) })), t.seen_at !== null) {
      const a = this.now.getTime() - Date.parse(t.seen_at);
      n.push(a < et ? s("seen_now") : s("seen", { ago: e.duration(a) }));
    }
    return n;
  }
  verdict(t, e) {
    const { verdict: s } = t, n = ye(s, e, this.now);
    return d`<p class=${`verdict ${s.tone}`} role="status">
      <strong>${G(s, e, this.now)}</strong>
      ${n === null ? h : d`<span class="soft">${n}</span>`}
    </p>`;
  }
  facts(t, e, s) {
    const [n, ...a] = t.plans;
    if (!n || t.verdict.key === "signed_out") return h;
    const { currency: o } = t, r = Wt(n), c = It(n.windows, e, this.now), l = n.windows.find(({ start: m }) => Date.parse(m) <= this.now.getTime()), u = l ? e.time(new Date(l.end)) : "", p = n.windows.length || n.verdict.key !== "reached" ? d`<div>
            <dt>${s(t.shadow && !n.session_id ? "would_charge" : "charges")}</dt>
            <dd>
              ${l && t.charging ? s("charges_now", { end: u }) : c || s("nothing_planned")}
            </dd>
          </div>` : h;
    return d`<dl class="facts">
        ${p}
        ${n.windows.length ? d`<div>
                  <dt>${s("energy")}</dt>
                  <dd>${e.energy(n.energy)}</dd>
                </div>
                ${o === null ? h : d`<div>
                        <dt>${s("cost")}</dt>
                        <dd>
                          ${n.cost === null ? d`<span class="unknown">${s("cost_unknown")}</span>` : e.money(n.cost, o)}
                        </dd>
                      </div>`}` : h}
      </dl>
      ${r === null || o === null || !n.windows.length ? h : d`<p class="soft small">${s("saves", { amount: e.money(r, o) })}</p>`}
      ${this.timed(n, t, e)} ${this.overrides(t, e, s)}
      ${this.sessions(t, e, s)}
      ${a.filter((m) => m.session_id === null && m.verdict.key !== "reached").map(
      (m) => d`<p class="soft more">
              ${s("then")}: ${G(m.verdict, e, this.now)}
            </p>`
    )}`;
  }
  /** What is weaker where Home Assistant starts and stops the charge. */
  timed(t, e, s) {
    const n = Bt(t.windows, e.timed, s, this.now);
    return n === null ? h : d`<p class="soft small">${n}</p>`;
  }
  /** What was said about the coming days, each with the button that takes it back. */
  overrides(t, e, s) {
    return t.overrides.map((n) => {
      const a = be(n, e, this.now);
      return d`<div class="session">
        <span>${a}</span>
        ${this.config?.compact === !0 ? h : d`<button
                class="act"
                aria-label=${`${s("cancel")}: ${a}`}
                ?disabled=${this.busy}
                @click=${() => this.act(async () => (await this.takeBack(n.kind), { text: s("said_cancelled"), undo: () => this.sayAgain(n) }))}
              >
                ${s("cancel")}
              </button>`}
      </div>`;
    });
  }
  takeBack(t) {
    return this.call(_, "cancel_override", { device_id: this.device, override: t });
  }
  sayAgain({ kind: t, since: e, until: s, target: n }) {
    const a = this.device;
    if (t === "skip") return this.call(_, "skip_charging", { device_id: a, until: s });
    if (t === "target") {
      const r = new Date(Date.parse(e) + 720 * et).toISOString().slice(0, 10);
      return this.call(_, "set_target", { device_id: a, target: n, date: r });
    }
    const o = { device_id: a, start: e, end: s, level: n };
    return this.call(_, "start_vacation", o);
  }
  /** Special charging: each session with its state, and the button that cancels it. */
  sessions(t, e, s) {
    return t.plans.filter((n) => n.session_id !== null).map((n) => {
      const a = this.values(n, e), o = `state_${n.state ?? ""}`, r = [
        this.titleOf(n, e, s),
        ...n === t.plans[0] ? [] : [G(n.verdict, e, this.now)],
        ...P(o) ? [s(o)] : [],
        ...n.waits_for ? [s("waits", { reason: this.reason(n.waits_for, e) })] : []
      ];
      return d`<div class="session">
          <span>${r.join(" · ")}</span>
          ${n.cancellable && this.config?.compact !== !0 ? d`<button
                  class="act"
                  aria-label=${s("cancel_session", a)}
                  ?disabled=${this.busy}
                  @click=${() => this.askCancel(n, e)}
                >
                  ${s("cancel")}
                </button>` : h}
        </div>`;
    });
  }
  titleOf(t, e, s) {
    return t.source === "charge_now" ? s("charge_now_row", { target: e.percent(t.target) }) : s(t.source === "target_of_day" ? "target_of_day_row" : "special");
  }
  problems(t, e) {
    const s = t.problems.map((n) => ({
      problem: n,
      text: we(
        n,
        e,
        this.now,
        this.hass?.localize ?? (() => ""),
        _,
        (a) => this.hass ? kt(this.hass, a) : a
      )
    })).filter((n) => n.text !== null);
    return !s.length && t.verdict.key !== "not_loaded" ? h : d`<ul class="problems" role="list">
      ${s.map(
      ({ problem: n, text: a }) => d`<li><span>${a}</span>${this.remedy(n, t, e)}</li>`
    )}
      ${t.verdict.key === "not_loaded" && !s.length ? d`<li><span></span>${this.door("fix_devices", st, e)}</li>` : h}
    </ul>`;
  }
  /** The button that helps with a problem, for those who may press it. */
  remedy(t, e, s) {
    const n = g(s);
    if (t.kind === "repair")
      return t.key.startsWith("signed_out") ? this.door("fix_sign_in", st, s) : this.door("fix_repair", "/config/repairs", s);
    const a = Te[t.key];
    if (a === void 0) return h;
    if (a === "fix_options") return this.door(a, st, s);
    const [o, r, c] = t.key === "shadow" ? ["shadow_mode", "turn_off", "done_shadow"] : ["off_peak_sync", "turn_on", "done_sync"], l = e.entities[o];
    if (!l) return h;
    const u = r === "turn_on" ? "turn_off" : "turn_on";
    return d`<button
      class="act main"
      ?disabled=${this.busy}
      @click=${() => this.act(async () => (await this.call("switch", r, { entity_id: l }), {
      text: n(c),
      undo: () => this.call("switch", u, { entity_id: l })
    }))}
    >
      ${n(a)}
    </button>`;
  }
  /** A link to a page of the settings, which only administrators have. */
  door(t, e, s) {
    return this.hass?.user && !this.hass.user.is_admin ? h : d`<button class="act main" @click=${() => Ht(e)}>
      ${g(s)(t)}
    </button>`;
  }
  hands(t, e, s, n) {
    if (e.verdict.key === "not_loaded" || e.verdict.key === "signed_out") return h;
    const a = t.services[_] ?? {}, { device: o } = this, r = [
      d`<button
        class="act"
        aria-expanded=${this.special ? "true" : "false"}
        ?disabled=${e.level === null}
        @click=${() => {
        this.special = !this.special, this.question = void 0;
      }}
      >
        ${n("charge_to", { target: s.percent(100) })}
      </button>`
    ];
    "charge_now" in a && !e.plans.some((l) => l.source === "charge_now") && r.push(
      this.button("charge_now", n, () => this.question = this.chargeNow(e, s, n))
    );
    const c = e.overrides.some(({ kind: l }) => l === "skip");
    if ("skip_charging" in a && e.sync && !e.shadow && !c && r.push(this.button("skip", n, () => this.question = this.skip(n))), "scout_now" in a) {
      const l = n("read_now_ask");
      r.push(
        this.simple("scout_now", l, "read_done", { device_id: o }, n, "read_now")
      );
    }
    return d`
      ${this.settings(t, e, s, n)}
      <div class="buttons">${r}</div>
      ${this.special && o ? d`<tesla-scout-special
              .hass=${t}
              .format=${s}
              .view=${e}
              .now=${this.now}
              .device=${o}
              @special-closed=${() => this.special = !1}
              @special-added=${(l) => this.added(l, s)}
            ></tesla-scout-special>` : h}
    `;
  }
  /** The target and the departure of ordinary days: the entities of the car. */
  settings(t, e, s, n) {
    const a = e.entities.target_level, o = e.entities.departure, r = a ? t.states[a] : void 0, c = o ? t.states[o]?.state : void 0, l = r && Number.isFinite(Number(r.state)), u = this.target ?? Number(r?.state);
    return !l && !c ? h : d`<div class="settings">
      ${l ? d`<label class="slide"
              ><span>${n("target")}</span
              ><input
                type="range"
                min=${Number(r.attributes.min ?? 50)}
                max=${Number(r.attributes.max ?? 100)}
                step="1"
                .value=${String(u)}
                style=${`--at:${u}`}
                aria-valuetext=${s.percent(u)}
                @input=${(p) => this.target = Number(p.target.value)}
                @change=${(p) => this.setTarget(p, a, s, n)}
              /><output>${s.percent(u)}</output></label
            >` : h}
      ${c && /^\d\d:\d\d/.test(c) ? d`<label
              ><span>${n("departs")}</span
              ><input
                type="time"
                .value=${c.slice(0, 5)}
                @change=${(p) => this.setDeparture(p, o, c, n)}
            /></label>` : h}
    </div>`;
  }
  /** Charge now to the target of the plan, and what that costs more than waiting for it. */
  chargeNow(t, e, s) {
    const n = t.plans.find((u) => u.session_id === null) ?? t.plans[0], a = n?.target ?? t.limit, o = a === null ? "" : e.percent(a), { currency: r } = t, c = n && n.cost_now !== null && n.cost !== null && r !== null ? {
      target: o,
      now: e.money(n.cost_now, r),
      planned: e.money(n.cost, r)
    } : void 0, l = a === null ? {} : { target: a };
    return {
      text: c ? s("charge_now_ask", c) : s("charge_now_ask_plain", { target: o }),
      act: async () => (await this.call(_, "charge_now", { device_id: this.device, ...l }), {
        text: s("charge_now_done", { target: o }),
        undo: () => this.takeBack("charge_now")
      })
    };
  }
  /** Skip; what would not be kept is told by the refusal, and asked for once more. */
  skip(t, e) {
    return {
      text: e ?? t("skip_ask"),
      ...e === void 0 ? {} : { yes: t("skip_confirm") },
      act: async () => {
        const s = e === void 0 ? {} : { confirm: !0 };
        try {
          await this.call(_, "skip_charging", { device_id: this.device, ...s });
        } catch (n) {
          if (n.translation_key !== "skip_breaks_session" || e !== void 0 || !this.hass) throw n;
          this.next = this.skip(t, j(this.hass, n));
          return;
        }
        return { text: t("skip_done"), undo: () => this.takeBack("skip") };
      }
    };
  }
  button(t, e, s) {
    return d`<button class="act" ?disabled=${this.busy} @click=${s}>${e(t)}</button>`;
  }
  simple(t, e, s, n, a, o = "charge_now") {
    return d`<button
      class="act"
      ?disabled=${this.busy}
      @click=${() => {
      this.question = {
        text: e,
        act: async () => (await this.call(_, t, n), { text: a(s) })
      };
    }}
    >
      ${a(o)}
    </button>`;
  }
  /** A question before what costs; an answer after what was done. */
  talk(t) {
    const { question: e, answer: s } = this;
    if (e)
      return d`<div class="box">
        <span>${e.text}</span>
        <button class="act main" ?disabled=${this.busy} @click=${() => this.act(e.act)}>
          ${e.yes ?? t("yes")}
        </button>
        <button class="act" @click=${() => this.question = void 0}>${t("no")}</button>
      </div>`;
    if (!s) return h;
    const { undo: n } = s;
    return d`<div class="box">
      <span>${s.text}</span>
      ${n ? d`<button
              class="act"
              ?disabled=${this.busy}
              @click=${() => this.act(async () => (await n(), { text: t("done_undo") }))}
            >
              ${t("undo")}
            </button>` : h}
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
      this.answer = { text: this.hass ? j(this.hass, e) : String(e) };
    } finally {
      this.busy = !1, this.question = this.next, this.next = void 0;
    }
  }
  async call(t, e, s) {
    return this.hass?.callService(t, e, s, void 0, !1);
  }
  setTarget(t, e, s, n) {
    const a = Number(t.target.value), o = Number(this.hass?.states[e]?.state), r = (c) => this.call("number", "set_value", { entity_id: e, value: c });
    this.act(async () => (await r(a), {
      text: n("done_target", { target: s.percent(a) }),
      undo: () => r(o)
    })).then(() => this.target = void 0);
  }
  setDeparture(t, e, s, n) {
    const { value: a } = t.target;
    if (!/^\d\d:\d\d/.test(a)) return;
    const o = (r) => this.call("time", "set_value", { entity_id: e, time: r });
    this.act(async () => (await o(`${a.slice(0, 5)}:00`), { text: n("done_departure", { time: a }), undo: () => o(s) }));
  }
  askCancel(t, e) {
    const s = g(e), { device: n } = this;
    if (t.source === "charge_now") {
      const a = e.percent(t.target);
      this.question = {
        text: s("charge_now_cancel_ask", { target: a }),
        act: async () => {
          await this.takeBack("charge_now");
          const o = { device_id: n, target: t.target, until: t.ready_by };
          return {
            text: s("done_cancel"),
            undo: () => this.call(_, "charge_now", o)
          };
        }
      };
      return;
    }
    this.question = {
      text: s("cancel_ask", this.values(t, e)),
      act: async () => (await this.call(_, "cancel_special_charging", {
        device_id: n,
        session_id: t.session_id
      }), {
        text: s("done_cancel"),
        undo: () => this.call(_, "add_special_charging", {
          device_id: n,
          target: t.target,
          ready_by: t.ready_by
        })
      })
    };
  }
  added(t, e) {
    const { id: s, target: n, by: a } = t.detail, o = g(e)("done_special", {
      target: e.percent(n),
      ready_by: e.when(a, this.now)
    });
    this.special = !1, this.answer = s ? {
      text: o,
      undo: () => this.call(_, "cancel_special_charging", {
        device_id: this.device,
        session_id: s
      })
    } : { text: o };
  }
  values(t, e) {
    return {
      target: e.percent(t.target),
      ready_by: e.when(new Date(t.ready_by), this.now)
    };
  }
  reason(t, e) {
    return Lt(t, e, (s) => this.hass ? kt(this.hass, s) : s);
  }
  static {
    this.styles = Ae;
  }
}
function Ce(i) {
  const t = document.documentElement.lang || navigator.language || "en", e = `field_${i === "device_id" ? "device" : i}`, s = new V({ language: t, config: { time_zone: "UTC" } });
  return P(e) ? g(s)(e) : i;
}
function je(i, t) {
  const e = i.entities[t];
  if (e?.platform !== _ || !e.device_id) return null;
  const s = Y(i).find(({ id: n }) => n === e.device_id);
  return s ? {
    label: L(s),
    config: { type: "custom:tesla-scout-card", device_id: s.id }
  } : null;
}
const O = 36e5, Ee = 300;
class De extends x {
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
    const t = g(this.format), { now: e } = this, s = {
      target: this.format.percent(this.target),
      ready_by: this.by ? this.format.when(this.by, e) : ""
    };
    return d`
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
            aria-valuetext=${s.target}
            @input=${this.moved}
          />
          <output for="target">${s.target}</output>
        </div>
        <div class="row">
          <label for="by">${t("special_by")}</label>
          <div class="times">
            ${this.choices().map(
      ({ at: n }) => d`<button
                  type="button"
                  class="act chip"
                  aria-pressed=${n.getTime() === this.by?.getTime() ? "true" : "false"}
                  @click=${() => this.choose(n)}
                >
                  ${this.format.when(n, e)}
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
    const { currency: n } = this.view, a = Wt(s), o = Bt(s.windows, this.view.timed, this.format, t), r = [
      s.windows.length ? e("preview_windows", { windows: It(s.windows, this.format, t) }) : e("preview_nothing"),
      ...s.windows.length ? [this.format.energy(s.energy)] : [],
      ...s.cost !== null && n ? [this.format.money(s.cost, n)] : []
    ];
    return d`
      <p class=${`verdict ${s.verdict.tone}`}>
        ${G(s.verdict, this.format, t)}
      </p>
      <p>${r.join(" · ")}</p>
      ${a !== null && n ? d`<p class="soft">${e("saves", { amount: this.format.money(a, n) })}</p>` : h}
      ${o === null ? h : d`<p class="soft">${o}</p>`}
      ${this.view.limit !== null && this.target > this.view.limit ? d`<p class="soft">${e("special_limit")}</p>` : h}
    `;
  }
  /** Times that people mean: the next departure, and the one a day after it. */
  choices() {
    const t = this.view?.departure ? new Date(this.view.departure) : new Date(Math.ceil((this.now.getTime() + 8 * O) / O) * O), e = [t.getTime(), t.getTime() + 24 * O], s = this.now.getTime() + O;
    return e.filter((n) => n > s).map((n) => ({ at: new Date(n) }));
  }
  moved(t) {
    this.target = Number(t.target.value), this.ask(Ee);
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
          type: `${_}/preview_plan`,
          device_id: this.device,
          target: this.target,
          ready_by: this.by.toISOString()
        });
        t === this.asked && (this.plan = e);
      } catch (e) {
        t === this.asked && (this.error = j(this.hass, e));
      }
  }
  async confirm(t) {
    if (t.preventDefault(), !(!this.by || !this.plan || this.busy)) {
      this.busy = !0;
      try {
        const e = await this.hass.callService(
          _,
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
        this.error = j(this.hass, e);
      } finally {
        this.busy = !1;
      }
    }
  }
  close() {
    this.dispatchEvent(new CustomEvent("special-closed"));
  }
  static {
    this.styles = [
      Q,
      W`
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
    `
    ];
  }
}
function Ne(i) {
  return [...new Set(
    Object.values(i.entities).filter((e) => e.platform === _ && e.device_id).map((e) => e.device_id)
  )].map((e) => i.devices[e]).filter((e) => e?.entry_type === "service").sort((e, s) => L(e).localeCompare(L(s)));
}
function Pe(i) {
  return Object.values(i.entities).filter((t) => t.platform === _ && t.entity_id.startsWith("calendar.")).map((t) => t.entity_id).sort();
}
class Me extends HTMLElement {
  /** Home Assistant asks for the dashboard each time that it is opened. */
  static async generate(t, e) {
    const s = e.locale?.language ?? e.language, n = Y(e), a = n.map(({ id: u }) => ({
      type: "grid",
      cards: [{ type: "custom:tesla-scout-card", device_id: u }]
    })), o = Ne(e).map(({ id: u }) => ({
      type: "custom:tesla-scout-account-card",
      device_id: u
    })), r = Pe(e);
    r.length > 0 && o.push({ type: "calendar", entities: r, initial_view: "listWeek" });
    const c = [...t.cards ?? [], ...o];
    if (c.length > 0 && a.push({ type: "grid", cards: c }), n.length === 0) {
      const u = A(s, "strategy_empty");
      a.unshift({ type: "grid", cards: [{ type: "markdown", content: u }] });
    }
    return { title: "Tesla Scout & Worker", views: [{ title: "Tesla Scout", type: "sections", max_columns: 2, sections: a }] };
  }
}
const f = 36e5, zt = 4 * f, Oe = 36 * f;
function Ue(i, t, e, s) {
  const n = Math.floor((s - zt) / f) * f;
  return { width: i, top: t, bottom: e, start: n, end: n + zt + Oe };
}
function y(i, t) {
  const e = (t - i.start) / (i.end - i.start);
  return Math.min(i.width, Math.max(0, e * i.width));
}
function Re(i, t) {
  return i.start + t / i.width * (i.end - i.start);
}
function Ft(i, t) {
  const e = Math.min(100, Math.max(0, t)) / 100;
  return i.bottom - e * (i.bottom - i.top);
}
function He(i, t) {
  const e = t.prices.filter((l) => Ct(i, l) !== null), s = e.map(St).filter((l) => l !== null), n = Math.max(0.01, ...s), a = Math.min(0, ...s), r = (i.bottom - i.top) / (n - a), c = i.bottom + a * r;
  return e.flatMap((l) => {
    if (Ct(i, l) === null) return [];
    const p = St(l) ?? (n - a) * 0.6, m = Math.max(2, Math.abs(p) * r);
    return Le(l, t).map(({ start: w, end: b, planned: Gt }) => ({
      x: y(i, w),
      width: Math.max(0, y(i, b) - y(i, w)),
      y: p < 0 ? c : c - m,
      height: m,
      known: l.known,
      planned: Gt,
      peak: l.peak,
      price: l
    }));
  });
}
function Ie(i, t) {
  return i.prices.find(
    (e) => Date.parse(e.start) <= t && t < Date.parse(e.end)
  );
}
function At(i, t) {
  return t.filter((e) => Date.parse(e.at) <= i.end + f * 24).map((e, s) => {
    const n = `${y(i, Date.parse(e.at)).toFixed(1)},${Ft(i, e.level).toFixed(1)}`;
    return `${s ? "L" : "M"}${n}`;
  }).join("");
}
function Tt(i, t) {
  for (let e = 1; e < i.length; e += 1) {
    const s = i[e - 1], n = i[e], a = Date.parse(s.at), o = Date.parse(n.at);
    if (a <= t && t <= o && o > a)
      return s.level + (n.level - s.level) * (t - a) / (o - a);
  }
  return null;
}
function Be(i, t, e) {
  const s = i.width * f / (i.end - i.start), n = [3, 6, 12].find((o) => o * s >= t) ?? 24, a = [];
  for (let o = i.start; o < i.end; o += f)
    e(new Date(o)) % n === 0 && a.push(o);
  return a;
}
function St(i) {
  return i.known ? i.price ?? (i.peak ? 1 : 0.4) : i.estimate;
}
function Ct(i, t) {
  const e = Math.max(i.start, Date.parse(t.start)), s = Math.min(i.end, Date.parse(t.end));
  return e < s ? [e, s] : null;
}
function Le(i, t) {
  const e = Date.parse(i.start), s = Date.parse(i.end), n = t.plans.flatMap((r) => r.windows).map((r) => [Date.parse(r.start), Date.parse(r.end)]), a = [e, s, ...n.flat()].filter((r) => e <= r && r <= s).sort((r, c) => r - c), o = [];
  for (let r = 1; r < a.length; r += 1) {
    const c = a[r - 1], l = a[r];
    if (c === l) continue;
    const u = n.some(([p, m]) => p <= c && l <= m);
    o.push({ start: c, end: l, planned: u });
  }
  return o;
}
const F = 34, S = 148, nt = 178, jt = 7, We = 0.05, qe = 44;
class Fe extends x {
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
    const s = Ue(this.width, F, S, this.now.getTime());
    return d`
      <div class="chart">
        ${this.picture(s, t, e)} ${this.fingers(s, t, e)}
      </div>
      ${this.legend(t, e)} ${this.details(t, e)}
    `;
  }
  picture(t, e, s) {
    const n = this.now.getTime(), a = e.forecast.filter((l) => Date.parse(l.at) >= n), o = Tt(e.forecast, n) ?? e.level, r = o === null ? [] : [{ at: this.now.toISOString(), level: o }, ...a], c = e.level === null || o === null ? e.past : [...e.past, { at: this.now.toISOString(), level: o }];
    return d`
      <svg
        width=${this.width}
        height=${nt}
        viewBox="0 0 ${this.width} ${nt}"
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
        ${He(t, e).map(
      (l) => v`<rect
              class=${`bar${l.known ? "" : " unknown"}${l.planned ? " planned" : ""}`}
              fill=${l.known ? h : "url(#hatch)"}
              x=${l.x} y=${l.y}
              width=${Math.max(0.5, l.width - (l.width > 4 ? 1 : 0))}
              height=${l.height}></rect>`
    )}
        ${this.lane(t, e)}
        <path class="level past" d=${At(t, c)}></path>
        <path class="level" d=${At(t, r)}></path>
        ${this.flags(t, e, s)}
        <line
          class="now"
          x1=${y(t, n)}
          x2=${y(t, n)}
          y1=${F - 4}
          y2=${S + jt + 4}
        ></line>
        ${o === null ? h : v`<circle class="dot" cx=${y(t, n)} cy=${Ft(t, o)} r="4"></circle>`}
        ${this.mark(t)}
      </svg>
    `;
  }
  /** Midnights with the day, and the hours of the axis. */
  days(t, e) {
    const s = y(t, this.now.getTime()), n = g(e)("now");
    return Be(t, 34, (a) => e.hourOfDay(a)).map((a) => {
      const o = y(t, a), r = e.hourOfDay(new Date(a)) === 0, c = Math.abs(o - s) < 14 + n.length * 3, l = o < 10 || o > this.width - 10;
      return v`
        ${r ? v`<line class="day" x1=${o} x2=${o} y1=${F - 4} y2=${S}></line>` : h}
        ${c || l ? h : v`<text class="hour" x=${o} y=${nt - 4}>${r ? e.weekday(new Date(a)) : e.hour(new Date(a))}</text>`}
      `;
    });
  }
  /** Below the bars: what is planned as an outline, what ran as a full bar. */
  lane(t, e) {
    const s = e.plans.flatMap((a) => a.windows), n = (a, o, r) => {
      const c = y(t, Date.parse(a)), l = y(t, Date.parse(o));
      return l <= 0 || c >= this.width ? h : v`<rect class=${r} x=${c} y=${S + 3}
        width=${Math.max(2, l - c)} height=${jt - 2} rx="2"></rect>`;
    };
    return [
      ...e.ran.map((a) => n(a.start, a.end, "ran")),
      ...s.map((a) => n(a.start, a.end, "lane"))
    ].filter((a) => a !== h);
  }
  /** Deadlines and the departure as flags above the bars. */
  flags(t, e, s) {
    const n = g(s), o = e.plans.filter((l, u) => u === 0 || l.verdict.key !== "reached").map((l) => ({
      at: Date.parse(l.ready_by),
      text: s.percent(l.target),
      special: l.session_id !== null
    })), r = e.departure === null ? null : Date.parse(e.departure);
    r !== null && !o.some((l) => Math.abs(l.at - r) < f / 4) && o.push({ at: r, text: n("departure"), special: !1 });
    let c = -1 / 0;
    return o.filter((l) => l.at > t.start && l.at < t.end).sort((l, u) => l.at - u.at).map((l) => {
      const u = y(t, l.at), p = `${l.text} · ${s.time(new Date(l.at))}`, m = p.length * 3.4, w = u - m < c ? 1 : 0;
      c = u + m;
      const b = Math.min(this.width - m, Math.max(m, u));
      return v`
          <line class=${l.special ? "flag special" : "flag"} x1=${u} x2=${u} y1=${16 + w * 13} y2=${S}></line>
          <text class="flag" x=${b} y=${11 + w * 13}>${p}</text>
        `;
    });
  }
  /** Where the chosen hour is. */
  mark(t) {
    if (this.chosen?.kind !== "hour") return h;
    const e = y(t, this.chosen.at);
    return v`<line class="mark" x1=${e} x2=${e} y1=${F - 4} y2=${S}></line>`;
  }
  /** What can be tapped and reached by the keyboard: the hours, the windows, what ran. */
  fingers(t, e, s) {
    const n = g(s), a = this.chosen?.kind === "hour" ? this.chosen.at : this.now.getTime(), o = y(t, this.now.getTime());
    return d`
      <div
        class="hours"
        role="slider"
        tabindex="0"
        aria-label=${`${n("strip")}. ${n("strip_keys")}`}
        aria-valuemin="0"
        aria-valuemax=${Math.round((t.end - t.start) / f)}
        aria-valuenow=${Math.round((a - t.start) / f)}
        aria-valuetext=${this.hourText(e, s, a)}
        @click=${(r) => this.tapped(r, t)}
        @keydown=${(r) => this.pressed(r, t, a)}
      ></div>
      <span class="now" style=${`left:${o}px`}>${n("now")}</span>
      ${e.ran.filter(({ energy: r }) => r >= We).map((r) => this.finger(t, s, r, n("ran"), { kind: "ran", run: r }))}
      ${e.plans.flatMap(
      (r) => r.windows.map(
        (c) => this.finger(t, s, c, n("window"), {
          kind: "window",
          plan: r,
          window: c
        })
      )
    )}
    `;
  }
  finger(t, e, s, n, a) {
    const o = y(t, Date.parse(s.start)), r = y(t, Date.parse(s.end));
    if (r <= 0 || o >= this.width) return h;
    const c = Math.min(this.width, Math.max(qe, r - o)), l = Math.min(this.width - c, Math.max(0, (o + r - c) / 2)), u = `${n} ${this.spanText(s, e)}, ${e.energy(s.energy)}`;
    return d`<button
      class="finger"
      style=${`left:${l}px;width:${c}px`}
      aria-label=${u}
      aria-expanded=${this.isChosen(a) ? "true" : "false"}
      @click=${() => this.choose(a)}
    ></button>`;
  }
  legend(t, e) {
    const s = g(e), n = [
      ["planned", s("legend_planned"), t.plans.some((a) => a.windows.length > 0)],
      ["ran", s("legend_ran"), t.ran.length > 0],
      ["unknown", s("legend_unknown"), t.prices.some((a) => !a.known)],
      ["soc", s("legend_level"), t.level !== null]
    ];
    return d`<div class="legend soft" aria-hidden="true">
      ${n.filter(([, , a]) => a).map(([a, o]) => d`<span><i class=${a}></i>${o}</span>`)}
    </div>`;
  }
  details(t, e) {
    const s = g(e), n = this.chosenContent(t, e);
    return d`<div class="details" aria-live="polite">
      ${n === null ? h : d`<div class="box">
              <div class="text">${n}</div>
              <button class="close" aria-label=${s("close")} @click=${this.close}>✕</button>
            </div>`}
    </div>`;
  }
  chosenContent(t, e) {
    const { chosen: s } = this, n = g(e);
    if (s === void 0) return null;
    if (s.kind === "hour") return d`<b>${this.hourText(t, e, s.at)}</b>`;
    if (s.kind === "ran") {
      const { run: c } = s;
      return d`<b>${n("ran")} ${this.spanText(c, e)}</b>
        <div>${this.gain(c, e)}${this.costText(c.cost, t, e)}</div>`;
    }
    const a = t.plans.find((c) => c.session_id === s.plan.session_id), o = a?.windows.find((c) => c.end === s.window.end);
    if (!a || !o) return null;
    const r = t.currency;
    return d`<b>${n("window")} ${this.spanText(o, e)}</b>
      <div>${this.gain(o, e)}${this.costText(o.cost, t, e)}</div>
      ${r !== null && o.cost_now !== null ? d`<div class="soft">
              ${n("at_once_costs", { amount: e.money(o.cost_now, r) })}${o.cost_late === null ? "" : ` · ${n("late_costs", { amount: e.money(o.cost_late, r) })}`}
            </div>` : h}
      ${$e(a, e).map(
      (c, l) => d`<div>
            ${l === 0 ? d`<span class="soft">${n("why")}:</span> ` : h}${c}
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
    const n = g(e), a = Ie(t, s), o = Tt(t.forecast, s), r = [e.when(new Date(s), this.now)];
    return a && r.push(Ze(a, t.currency, e)), o !== null && r.push(`${n("level")} ${e.percent(o)}`), r.join(" · ");
  }
  tapped(t, e) {
    const s = t.currentTarget.getBoundingClientRect(), n = Re(e, t.clientX - s.left);
    this.choose({ kind: "hour", at: Math.floor(n / (f / 4)) * (f / 4) });
  }
  pressed(t, e, s) {
    const n = Math.floor(s / f) * f, o = {
      ArrowRight: n + f,
      ArrowUp: n + f,
      ArrowLeft: n - f,
      ArrowDown: n - f,
      PageUp: n + 6 * f,
      PageDown: n - 6 * f,
      Home: e.start,
      End: e.end - f
    }[t.key];
    o !== void 0 && (t.preventDefault(), this.chosen = { kind: "hour", at: Math.min(e.end - f, Math.max(e.start, o)) });
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
      Q,
      W`
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
function Ze(i, t, e) {
  const s = g(e);
  return i.known ? i.price === null || t === null ? s(i.peak ? "peak" : "off_peak") : e.price(i.price, t) : i.estimate === null || t === null ? s("price_unknown") : s("price_estimate", { price: e.price(i.estimate, t) });
}
const Ge = {
  "tesla-scout-strip": Fe,
  "tesla-scout-special": De,
  "tesla-scout-card": Se,
  "tesla-scout-account-card": ze,
  "ll-strategy-dashboard-tesla-scout": Me
};
async function Ke() {
  document.readyState === "loading" && await new Promise(
    (i) => document.addEventListener("DOMContentLoaded", i, { once: !0 })
  ), document.querySelector("home-assistant") && await customElements.whenDefined("home-assistant");
  for (const [i, t] of Object.entries(Ge))
    customElements.get(i) || customElements.define(i, t);
}
Ke();
const N = window, U = document.documentElement.lang || navigator.language || "en", Zt = "https://github.com/tesla-scout-worker/tesla-scout-worker/blob/main/docs/card.md";
N.customCards ??= [];
for (const i of [
  {
    type: "tesla-scout-card",
    name: A(U, "card_name"),
    description: A(U, "card_description"),
    getEntitySuggestion: je
  },
  {
    type: "tesla-scout-account-card",
    name: A(U, "account_card_name"),
    description: A(U, "account_card_description")
  }
])
  N.customCards.some(({ type: t }) => t === i.type) || N.customCards.push({ ...i, preview: !0, documentationURL: Zt });
N.customStrategies ??= [];
N.customStrategies.some(({ type: i }) => i === "tesla-scout") || N.customStrategies.push({
  type: "tesla-scout",
  strategyType: "dashboard",
  name: "Tesla Scout",
  description: A(U, "strategy_description"),
  documentationURL: Zt
});
