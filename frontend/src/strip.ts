/** The strip: prices, windows, what ran, and the state of charge, from 4 hours ago on. */

import { LitElement, css, html, nothing, svg, type TemplateResult } from "lit";
import { Format } from "./format";
import {
  HOUR,
  at,
  barAt,
  bars,
  frame,
  levelAt,
  levelY,
  line,
  ticks,
  x,
  type Frame,
} from "./geometry";
import { reasonSentences, translator } from "./sentences";
import { shared } from "./styles";
import type { CarView, PlanView, PriceBar, RanView, WindowView } from "./types";

type Chosen =
  | { kind: "window"; plan: PlanView; window: WindowView }
  | { kind: "ran"; run: RanView }
  | { kind: "hour"; at: number };

const TOP = 34;
const BOTTOM = 148;
const HEIGHT = 178;
const LANE = 7;
/** In kWh; a run with less has nothing to tell, and would lie over a planned window. */
const LEAST_ENERGY = 0.05;
/** A finger is as wide as this. */
const FINGER = 44;

export class ScoutStrip extends LitElement {
  static override properties = {
    view: { attribute: false },
    format: { attribute: false },
    now: { attribute: false },
    width: { state: true },
    chosen: { state: true },
  };

  declare view: CarView | undefined;
  declare format: Format | undefined;
  declare now: Date;
  declare private width: number;
  declare private chosen: Chosen | undefined;
  private readonly sizes: ResizeObserver;

  constructor() {
    super();
    this.width = 0;
    this.now = new Date();
    this.sizes = new ResizeObserver((entries) => {
      const width = Math.round(entries[0]?.contentRect.width ?? 0);
      if (width) this.width = width;
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override render(): unknown {
    const { view, format } = this;
    if (!view || !format || !this.width) return html`<div class="room"></div>`;
    const place = frame(this.width, TOP, BOTTOM, this.now.getTime());
    return html`
      <div class="chart">
        ${this.picture(place, view, format)} ${this.fingers(place, view, format)}
      </div>
      ${this.legend(view, format)} ${this.details(view, format)}
    `;
  }

  private picture(place: Frame, view: CarView, format: Format): TemplateResult {
    const now = this.now.getTime();
    const points = view.forecast.filter((point) => Date.parse(point.at) >= now);
    const level = levelAt(view.forecast, now) ?? view.level;
    const ahead = level === null ? [] : [{ at: this.now.toISOString(), level }, ...points];
    const past =
      view.level === null || level === null
        ? view.past
        : [...view.past, { at: this.now.toISOString(), level }];
    return html`
      <svg
        width=${this.width}
        height=${HEIGHT}
        viewBox="0 0 ${this.width} ${HEIGHT}"
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
        ${this.days(place, format)}
        ${bars(place, view).map(
          (bar) =>
            svg`<rect
              class=${`bar${bar.known ? "" : " unknown"}${bar.planned ? " planned" : ""}`}
              fill=${bar.known ? nothing : "url(#hatch)"}
              x=${bar.x} y=${bar.y}
              width=${Math.max(0.5, bar.width - (bar.width > 4 ? 1 : 0))}
              height=${bar.height}></rect>`,
        )}
        ${this.lane(place, view)}
        <path class="level past" d=${line(place, past)}></path>
        <path class="level" d=${line(place, ahead)}></path>
        ${this.flags(place, view, format)}
        <line
          class="now"
          x1=${x(place, now)}
          x2=${x(place, now)}
          y1=${TOP - 4}
          y2=${BOTTOM + LANE + 4}
        ></line>
        ${
          level === null
            ? nothing
            : svg`<circle class="dot" cx=${x(place, now)} cy=${levelY(place, level)} r="4"></circle>`
        }
        ${this.mark(place)}
      </svg>
    `;
  }

  /** Midnights with the day, and the hours of the axis. */
  private days(place: Frame, format: Format): TemplateResult[] {
    const now = x(place, this.now.getTime());
    const word = translator(format)("now");
    return ticks(place, 34, (date) => format.hourOfDay(date)).map((hour) => {
      const left = x(place, hour);
      const midnight = format.hourOfDay(new Date(hour)) === 0;
      const near = Math.abs(left - now) < 14 + word.length * 3;
      const edge = left < 10 || left > this.width - 10;
      return svg`
        ${midnight ? svg`<line class="day" x1=${left} x2=${left} y1=${TOP - 4} y2=${BOTTOM}></line>` : nothing}
        ${near || edge ? nothing : svg`<text class="hour" x=${left} y=${HEIGHT - 4}>${midnight ? format.weekday(new Date(hour)) : format.hour(new Date(hour))}</text>`}
      ` as TemplateResult;
    });
  }

  /** Below the bars: what is planned as an outline, what ran as a full bar. */
  private lane(place: Frame, view: CarView): TemplateResult[] {
    const planned = view.plans.flatMap((plan) => plan.windows);
    const box = (from: string, until: string, name: string) => {
      const left = x(place, Date.parse(from));
      const right = x(place, Date.parse(until));
      if (right <= 0 || left >= this.width) return nothing;
      return svg`<rect class=${name} x=${left} y=${BOTTOM + 3}
        width=${Math.max(2, right - left)} height=${LANE - 2} rx="2"></rect>`;
    };
    return [
      ...view.ran.map((run) => box(run.start, run.end, "ran")),
      ...planned.map((window) => box(window.start, window.end, "lane")),
    ].filter((item): item is TemplateResult<2> => item !== nothing) as unknown as TemplateResult[];
  }

  /** Deadlines and the departure as flags above the bars. */
  private flags(place: Frame, view: CarView, format: Format): TemplateResult[] {
    const t = translator(format);
    // A plan that another one covers has no flag of its own.
    const open = view.plans.filter((plan, index) => index === 0 || plan.verdict.key !== "reached");
    const found = open.map((plan) => ({
      at: Date.parse(plan.ready_by),
      text: format.percent(plan.target),
      special: plan.session_id !== null,
    }));
    const departure = view.departure === null ? null : Date.parse(view.departure);
    if (departure !== null && !found.some((flag) => Math.abs(flag.at - departure) < HOUR / 4)) {
      found.push({ at: departure, text: t("departure"), special: false });
    }
    // Where the last text of each of two rows ends; a text without room is left out.
    const taken = [-Infinity, -Infinity];
    return found
      .filter((flag) => flag.at > place.start && flag.at < place.end)
      .sort((one, other) => one.at - other.at)
      .map((flag) => {
        const left = x(place, flag.at);
        const label = `${flag.text} · ${format.time(new Date(flag.at))}`;
        const half = label.length * 3.4;
        const middle = Math.min(this.width - half, Math.max(half, left));
        const row = taken.findIndex((end) => end <= middle - half);
        if (row >= 0) taken[row] = middle + half;
        const top = 16 + Math.max(0, row) * 13;
        return svg`
          <line class=${flag.special ? "flag special" : "flag"} x1=${left} x2=${left} y1=${top} y2=${BOTTOM}></line>
          ${row < 0 ? nothing : svg`<text class="flag" x=${middle} y=${top - 5}>${label}</text>`}
        ` as TemplateResult;
      });
  }

  /** Where the chosen hour is. */
  private mark(place: Frame): unknown {
    if (this.chosen?.kind !== "hour") return nothing;
    const left = x(place, this.chosen.at);
    return svg`<line class="mark" x1=${left} x2=${left} y1=${TOP - 4} y2=${BOTTOM}></line>`;
  }

  /** What can be tapped and reached by the keyboard: the hours, the windows, what ran. */
  private fingers(place: Frame, view: CarView, format: Format): TemplateResult {
    const t = translator(format);
    const hour = this.chosen?.kind === "hour" ? this.chosen.at : this.now.getTime();
    const now = x(place, this.now.getTime());
    return html`
      <div
        class="hours"
        role="slider"
        tabindex="0"
        aria-label=${`${t("strip")}. ${t("strip_keys")}`}
        aria-valuemin="0"
        aria-valuemax=${Math.round((place.end - place.start) / HOUR)}
        aria-valuenow=${Math.round((hour - place.start) / HOUR)}
        aria-valuetext=${this.hourText(view, format, hour)}
        @click=${(event: MouseEvent) => this.tapped(event, place)}
        @keydown=${(event: KeyboardEvent) => this.pressed(event, place, hour)}
      ></div>
      <span class="now" style=${`left:${now}px`}>${t("now")}</span>
      ${view.ran
        .filter(({ energy }) => energy >= LEAST_ENERGY)
        .map((run) => this.finger(place, format, run, t("ran"), { kind: "ran", run }))}
      ${view.plans.flatMap((plan) =>
        plan.windows.map((window) =>
          this.finger(place, format, window, t("window"), {
            kind: "window",
            plan,
            window,
          }),
        ),
      )}
    `;
  }

  private finger(
    place: Frame,
    format: Format,
    span: { start: string; end: string; energy: number },
    name: string,
    choice: Chosen,
  ): unknown {
    const left = x(place, Date.parse(span.start));
    const right = x(place, Date.parse(span.end));
    if (right <= 0 || left >= this.width) return nothing;
    const wide = Math.min(this.width, Math.max(FINGER, right - left));
    const from = Math.min(this.width - wide, Math.max(0, (left + right - wide) / 2));
    const label = `${name} ${this.spanText(span, format)}, ${format.energy(span.energy)}`;
    return html`<button
      class="finger"
      style=${`left:${from}px;width:${wide}px`}
      aria-label=${label}
      aria-expanded=${this.isChosen(choice) ? "true" : "false"}
      @click=${() => this.choose(choice)}
    ></button>`;
  }

  private legend(view: CarView, format: Format): TemplateResult {
    const t = translator(format);
    const items: [string, string, boolean][] = [
      ["planned", t("legend_planned"), view.plans.some((plan) => plan.windows.length > 0)],
      ["ran", t("legend_ran"), view.ran.length > 0],
      ["unknown", t("legend_unknown"), view.prices.some((bar) => !bar.known)],
      ["soc", t("legend_level"), view.level !== null],
    ];
    return html`<div class="legend soft" aria-hidden="true">
      ${items
        .filter(([, , shown]) => shown)
        .map(([name, text]) => html`<span><i class=${name}></i>${text}</span>`)}
    </div>`;
  }

  private details(view: CarView, format: Format): TemplateResult {
    const t = translator(format);
    const content = this.chosenContent(view, format);
    return html`<div class="details" aria-live="polite">
      ${
        content === null
          ? nothing
          : html`<div class="box">
              <div class="text">${content}</div>
              <button class="close" aria-label=${t("close")} @click=${this.close}>✕</button>
            </div>`
      }
    </div>`;
  }

  private chosenContent(view: CarView, format: Format): TemplateResult | null {
    const { chosen } = this;
    const t = translator(format);
    if (chosen === undefined) return null;
    if (chosen.kind === "hour") return html`<b>${this.hourText(view, format, chosen.at)}</b>`;
    if (chosen.kind === "ran") {
      const { run } = chosen;
      return html`<b>${t("ran")} ${this.spanText(run, format)}</b>
        <div>${this.gain(run, format)}${this.costText(run.cost, view, format)}</div>`;
    }
    const plan = view.plans.find((item) => item.session_id === chosen.plan.session_id);
    const window = plan?.windows.find((item) => item.end === chosen.window.end);
    if (!plan || !window) return null;
    const currency = view.currency;
    return html`<b>${t("window")} ${this.spanText(window, format)}</b>
      <div>${this.gain(window, format)}${this.costText(window.cost, view, format)}</div>
      ${
        currency !== null && window.cost_now !== null
          ? html`<div class="soft">
              ${t("at_once_costs", { amount: format.money(window.cost_now, currency) })}${
                window.cost_late === null
                  ? ""
                  : ` · ${t("late_costs", { amount: format.money(window.cost_late, currency) })}`
              }
            </div>`
          : nothing
      }
      ${reasonSentences(plan, format).map(
        (sentence, index) =>
          html`<div>
            ${index === 0 ? html`<span class="soft">${t("why")}:</span> ` : nothing}${sentence}
          </div>`,
      )}`;
  }

  private gain(
    span: { level_from: number; level_to: number; energy: number },
    format: Format,
  ): string {
    const levels = translator(format)("from_to", {
      from: format.percent(span.level_from),
      to: format.percent(span.level_to),
    });
    return `${levels}, ${format.energy(span.energy)}`;
  }

  private costText(cost: number | null, view: CarView, format: Format): string {
    if (view.currency === null) return "";
    if (cost === null) return `. ${translator(format)("free_of_price")}`;
    return `, ${format.money(cost, view.currency)}`;
  }

  private spanText(span: { start: string; end: string }, format: Format): string {
    const start = format.soon(new Date(span.start), this.now);
    return `${start}–${format.time(new Date(span.end))}`;
  }

  /** An hour in words: its price, and the level that is expected then. */
  private hourText(view: CarView, format: Format, instant: number): string {
    const t = translator(format);
    const bar = barAt(view, instant);
    const level = levelAt(view.forecast, instant);
    const parts = [format.when(new Date(instant), this.now)];
    if (bar) parts.push(priceText(bar, view.currency, format));
    if (level !== null) parts.push(`${t("level")} ${format.percent(level)}`);
    return parts.join(" · ");
  }

  private tapped(event: MouseEvent, place: Frame): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const instant = at(place, event.clientX - box.left);
    this.choose({ kind: "hour", at: Math.floor(instant / (HOUR / 4)) * (HOUR / 4) });
  }

  private pressed(event: KeyboardEvent, place: Frame, hour: number): void {
    const whole = Math.floor(hour / HOUR) * HOUR;
    const moves: Record<string, number> = {
      ArrowRight: whole + HOUR,
      ArrowUp: whole + HOUR,
      ArrowLeft: whole - HOUR,
      ArrowDown: whole - HOUR,
      PageUp: whole + 6 * HOUR,
      PageDown: whole - 6 * HOUR,
      Home: place.start,
      End: place.end - HOUR,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.chosen = { kind: "hour", at: Math.min(place.end - HOUR, Math.max(place.start, next)) };
  }

  private isChosen(choice: Chosen): boolean {
    const { chosen } = this;
    if (chosen?.kind === "window" && choice.kind === "window") {
      return chosen.window.end === choice.window.end;
    }
    return chosen?.kind === "ran" && choice.kind === "ran" && chosen.run.start === choice.run.start;
  }

  private choose(choice: Chosen): void {
    this.chosen = this.isChosen(choice) ? undefined : choice;
  }

  private close(): void {
    this.chosen = undefined;
  }

  static override styles = [
    shared,
    css`
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
    `,
  ];
}

/** The price of a bar in words. */
export function priceText(bar: PriceBar, currency: string | null, format: Format): string {
  const t = translator(format);
  if (!bar.known) {
    return bar.estimate === null || currency === null
      ? t("price_unknown")
      : t("price_estimate", { price: format.price(bar.estimate, currency) });
  }
  if (bar.price === null || currency === null) return t(bar.peak ? "peak" : "off_peak");
  return format.price(bar.price, currency);
}
