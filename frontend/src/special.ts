/** "100 % by …": a level and a time, with the plan before anything is changed. */

import { html, nothing } from "lit";
import { CarForm } from "./car-form";
import { DOMAIN, errorText } from "./hass";
import { savings, timedSentence, translator, verdictSentence, windowsText } from "./sentences";
import type { PlanView } from "./types";

const HOUR = 3_600_000;
/** While a slider is dragged, plans are asked for this far apart. */
const PAUSE = 300;

export class ScoutSpecial extends CarForm {
  static override properties = {
    by: { state: true },
    plan: { state: true },
  };

  declare private by: Date | undefined;
  declare private plan: PlanView | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.by ??= this.choices()[0]?.at;
    this.ask(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
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
        ${this.targetRow()}
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
      ${timed === null ? nothing : html`<p class="soft">${timed}</p>`} ${this.limitNote()}
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

  protected override moved(event: Event): void {
    super.moved(event);
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
}
