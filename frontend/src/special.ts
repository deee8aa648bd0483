/** "100 % by …": a level and a time, with the plan before anything is changed. */

import { LitElement, html, nothing } from "lit";
import type { Format } from "./format";
import { formStyles } from "./form-styles";
import { DOMAIN, errorText, type Hass } from "./hass";
import { savings, timedSentence, translator, verdictSentence, windowsText } from "./sentences";
import { shared } from "./styles";
import type { CarView, PlanView } from "./types";

const HOUR = 3_600_000;
/** While a slider is dragged, plans are asked for this far apart. */
const PAUSE = 300;

export class ScoutSpecial extends LitElement {
  static override properties = {
    hass: { attribute: false },
    format: { attribute: false },
    view: { attribute: false },
    device: { attribute: false },
    now: { attribute: false },
    target: { state: true },
    by: { state: true },
    plan: { state: true },
    error: { state: true },
    busy: { state: true },
  };

  declare hass: Hass;
  declare format: Format;
  declare view: CarView;
  declare device: string;
  declare now: Date;
  declare private target: number;
  declare private by: Date | undefined;
  declare private plan: PlanView | undefined;
  declare private error: string | undefined;
  declare private busy: boolean;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor() {
    super();
    this.target = 100;
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.by ??= this.choices()[0]?.at;
    this.ask(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.focus();
  }

  protected override render(): unknown {
    const t = translator(this.format);
    const { now } = this;
    const values = {
      target: this.format.percent(this.target),
      ready_by: this.by ? this.format.when(this.by, now) : "",
    };
    return html`
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
            aria-valuetext=${values.target}
            @input=${this.moved}
          />
          <output for="target">${values.target}</output>
        </div>
        <div class="row">
          <label for="by">${t("special_by")}</label>
          <div class="times">
            ${this.choices().map(
              ({ at }) =>
                html`<button
                  type="button"
                  class="act chip"
                  aria-pressed=${at.getTime() === this.by?.getTime() ? "true" : "false"}
                  @click=${() => this.choose(at)}
                >
                  ${this.format.when(at, now)}
                </button>`,
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
        <div class="preview" aria-live="polite">${this.preview(now)}</div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button
            type="submit"
            class="act main"
            ?disabled=${this.busy || !this.plan || this.plan.verdict.key === "reached"}
          >
            ${t("special_confirm", values)}
          </button>
        </div>
      </form>
    `;
  }

  private preview(now: Date): unknown {
    const t = translator(this.format);
    if (this.error) return html`<p class="bad">${this.error}</p>`;
    const { plan } = this;
    if (!plan) return html`<p class="soft">${t("previewing")}</p>`;
    const { currency } = this.view;
    const saved = savings(plan);
    const timed = timedSentence(plan.windows, this.view.timed, this.format, now);
    const facts = [
      plan.windows.length
        ? t("preview_windows", { windows: windowsText(plan.windows, this.format, now) })
        : t("preview_nothing"),
      ...(plan.windows.length ? [this.format.energy(plan.energy)] : []),
      ...(plan.cost !== null && currency ? [this.format.money(plan.cost, currency)] : []),
    ];
    return html`
      <p class=${`verdict ${plan.verdict.tone}`}>
        ${verdictSentence(plan.verdict, this.format, now)}
      </p>
      <p>${facts.join(" · ")}</p>
      ${
        saved !== null && currency
          ? html`<p class="soft">${t("saves", { amount: this.format.money(saved, currency) })}</p>`
          : nothing
      }
      ${timed === null ? nothing : html`<p class="soft">${timed}</p>`}
      ${
        this.view.limit !== null && this.target > this.view.limit
          ? html`<p class="soft">${t("special_limit")}</p>`
          : nothing
      }
    `;
  }

  /** Times that people mean: the next departure, and the one a day after it. */
  private choices(): { at: Date }[] {
    const first = this.view?.departure
      ? new Date(this.view.departure)
      : new Date(Math.ceil((this.now.getTime() + 8 * HOUR) / HOUR) * HOUR);
    const times = [first.getTime(), first.getTime() + 24 * HOUR];
    const soon = this.now.getTime() + HOUR;
    return times.filter((time) => time > soon).map((time) => ({ at: new Date(time) }));
  }

  private moved(event: Event): void {
    this.target = Number((event.target as HTMLInputElement).value);
    this.ask(PAUSE);
  }

  private typed(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if (value) this.choose(this.format.instant(value));
  }

  private choose(at: Date): void {
    this.by = at;
    this.ask(0);
  }

  private ask(pause: number): void {
    clearTimeout(this.timer);
    this.asked += 1;
    this.plan = undefined;
    this.error = undefined;
    const turn = this.asked;
    this.timer = setTimeout(() => void this.loadPlan(turn), pause);
  }

  private async loadPlan(turn: number): Promise<void> {
    if (!this.by) return;
    try {
      const plan = await this.hass.callWS<PlanView>({
        type: `${DOMAIN}/preview_plan`,
        device_id: this.device,
        target: this.target,
        ready_by: this.by.toISOString(),
      });
      if (turn === this.asked) this.plan = plan;
    } catch (error) {
      if (turn === this.asked) this.error = errorText(this.hass, error);
    }
  }

  private async confirm(event: Event): Promise<void> {
    event.preventDefault();
    if (!this.by || !this.plan || this.busy) return;
    this.busy = true;
    try {
      const answer = await this.hass.callService(
        DOMAIN,
        "add_special_charging",
        { device_id: this.device, target: this.target, ready_by: this.by.toISOString() },
        undefined,
        false,
        true,
      );
      this.dispatchEvent(
        new CustomEvent("special-added", {
          detail: { id: answer?.response?.["session_id"], target: this.target, by: this.by },
        }),
      );
    } catch (error) {
      this.error = errorText(this.hass, error);
    } finally {
      this.busy = false;
    }
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("special-closed"));
  }

  static override styles = [shared, formStyles];
}
