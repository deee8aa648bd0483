/** "Fri 100 %": another target for the departure of one day. */

import { css, html, nothing } from "lit";
import { CarForm } from "./car-form";
import { DOMAIN, errorText } from "./hass";
import { translator } from "./sentences";

const DAY = 24 * 3_600_000;
/** A week of days, from today on. */
const DAYS = [0, 1, 2, 3, 4, 5, 6];

export class ScoutDay extends CarForm {
  static override properties = {
    date: { state: true },
  };

  declare private date: string;

  constructor() {
    super();
    this.date = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Tomorrow, unless a person chooses another day.
    this.date ||= this.dateIn(1);
  }

  protected override render(): unknown {
    const t = translator(this.format);
    const values = { target: this.format.percent(this.target), day: this.dayName(this.date) };
    return html`
      <form @submit=${this.confirm} aria-label=${t("day_title")}>
        ${this.targetRow()}
        <div class="row">
          <label for="date">${t("day_label")}</label>
          <div class="times">
            ${DAYS.map((ahead) => this.chip(this.dateIn(ahead)))}
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
          ${this.error ? html`<p class="bad">${this.error}</p>` : nothing} ${this.limitNote()}
        </div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button type="submit" class="act main" ?disabled=${this.busy || !this.date}>
            ${t("day_confirm", values)}
          </button>
        </div>
      </form>
    `;
  }

  private chip(date: string): unknown {
    return html`<button
      type="button"
      class="act chip"
      aria-pressed=${date === this.date ? "true" : "false"}
      @click=${() => this.choose(date)}
    >
      ${this.dayName(date)}
    </button>`;
  }

  private dateIn(days: number): string {
    const noon = this.format.instant(`${this.format.local(this.now).slice(0, 10)}T12:00`);
    return this.format.local(new Date(noon.getTime() + days * DAY)).slice(0, 10);
  }

  private dayName(date: string): string {
    return date ? this.format.dayName(this.format.instant(`${date}T12:00`), this.now) : "";
  }

  private typed(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if (value) this.choose(value);
  }

  private choose(date: string): void {
    this.date = date;
    this.error = undefined;
  }

  private async confirm(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy || !this.date) return;
    const { device, target, date } = this;
    this.busy = true;
    this.error = undefined;
    try {
      const data = { device_id: device, target, date };
      await this.hass.callService(DOMAIN, "set_target", data, undefined, false);
      const detail = { target, date, day: this.dayName(date) };
      this.dispatchEvent(new CustomEvent("day-set", { detail }));
    } catch (error) {
      this.error = errorText(this.hass, error);
    } finally {
      this.busy = false;
    }
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("day-closed"));
  }

  static override styles = [
    ...CarForm.styles,
    css`
      input[type="date"] {
        min-width: 150px;
      }
    `,
  ];
}
