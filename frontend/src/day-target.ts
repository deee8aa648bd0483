/** "Fri 100 %": another target for the departure of one day. */

import { LitElement, css, html, nothing } from "lit";
import type { Format } from "./format";
import { formStyles } from "./form-styles";
import { DOMAIN, errorText, type Hass } from "./hass";
import { translator } from "./sentences";
import { shared } from "./styles";
import type { CarView } from "./types";

const DAY = 24 * 3_600_000;
/** A week of days, from today on. */
const DAYS = [0, 1, 2, 3, 4, 5, 6];

export class ScoutDay extends LitElement {
  static override properties = {
    hass: { attribute: false },
    format: { attribute: false },
    view: { attribute: false },
    device: { attribute: false },
    now: { attribute: false },
    target: { state: true },
    date: { state: true },
    error: { state: true },
    busy: { state: true },
  };

  declare hass: Hass;
  declare format: Format;
  declare view: CarView;
  declare device: string;
  declare now: Date;
  declare private target: number;
  declare private date: string;
  declare private error: string | undefined;
  declare private busy: boolean;

  constructor() {
    super();
    this.target = 100;
    this.date = "";
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Tomorrow, unless a person chooses another day.
    this.date ||= this.dateIn(1);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.focus();
  }

  protected override render(): unknown {
    const t = translator(this.format);
    const values = { target: this.format.percent(this.target), day: this.dayName(this.date) };
    return html`
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
            aria-valuetext=${values.target}
            @input=${(event: Event) =>
              (this.target = Number((event.target as HTMLInputElement).value))}
          />
          <output for="target">${values.target}</output>
        </div>
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
          ${this.error ? html`<p class="bad">${this.error}</p>` : nothing}
          ${
            this.view.limit !== null && this.target > this.view.limit
              ? html`<p class="soft">${t("special_limit")}</p>`
              : nothing
          }
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
    shared,
    formStyles,
    css`
      input[type="date"] {
        min-width: 150px;
      }
    `,
  ];
}
