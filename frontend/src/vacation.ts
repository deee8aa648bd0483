/** "Away until Sunday": hold a level between two times. */

import { html, nothing } from "lit";
import { CarForm } from "./car-form";
import { DOMAIN, errorText } from "./hass";
import { translator } from "./sentences";

const DAY = 24 * 3_600_000;
/** A vacation lasts so many days, unless a person chooses another end. */
const DAYS = 7;
/** A battery that stands for long is best half full. */
const LEVEL = 50;

export class ScoutVacation extends CarForm {
  static override properties = {
    since: { state: true },
    until: { state: true },
  };

  /** None: from now on. */
  declare private since: Date | undefined;
  declare private until: Date | undefined;
  /** What is shown as "now" while a person fills the form in. */
  private opened: Date | undefined;

  constructor() {
    super();
    this.target = LEVEL;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.opened ??= this.now;
    const date = this.format.local(new Date(this.now.getTime() + DAYS * DAY)).slice(0, 10);
    this.until ??= this.format.instant(`${date}T12:00`);
  }

  protected override render(): unknown {
    const t = translator(this.format);
    const { now, until, error } = this;
    const values = {
      level: this.format.percent(this.target),
      until: until ? this.format.when(until, now) : "",
    };
    const wrong = until && until <= (this.since ?? now) ? t("vacation_order") : error;
    return html`
      <form @submit=${this.confirm} aria-label=${t("vacation_title")}>
        ${this.targetRow(t("vacation_level"))}
        ${this.timeRow("since", t("vacation_from"), this.since ?? this.opened)}
        ${this.timeRow("until", t("vacation_until"), until)}
        <div aria-live="polite">${wrong ? html`<p class="bad">${wrong}</p>` : nothing}</div>
        <div class="row end">
          <button type="button" class="act" @click=${this.close}>${t("close")}</button>
          <button
            type="submit"
            class="act main"
            ?disabled=${this.busy || !until || until <= (this.since ?? now)}
          >
            ${t("vacation_confirm", values)}
          </button>
        </div>
      </form>
    `;
  }

  private timeRow(id: "since" | "until", text: string, at: Date | undefined): unknown {
    return html`<div class="row">
      <label for=${id}>${text}</label>
      <div class="times">
        <input
          id=${id}
          type="datetime-local"
          .value=${at ? this.format.local(at) : ""}
          @change=${this.typed}
        />
      </div>
    </div>`;
  }

  private typed(event: Event): void {
    const { id, value } = event.target as HTMLInputElement;
    if (!value) return;
    this.error = undefined;
    this[id as "since" | "until"] = this.format.instant(value);
  }

  private async confirm(event: Event): Promise<void> {
    event.preventDefault();
    const { device, since, until, target, now } = this;
    if (this.busy || !until || until <= (since ?? now)) return;
    this.busy = true;
    this.error = undefined;
    // A beginning that has passed meanwhile is now.
    const start = since && since > now ? { start: since.toISOString() } : {};
    try {
      const data = { device_id: device, ...start, end: until.toISOString(), level: target };
      await this.hass.callService(DOMAIN, "start_vacation", data, undefined, false);
      const detail = {
        kind: "vacation",
        since: (since ?? now).toISOString(),
        until: until.toISOString(),
        target,
      };
      this.dispatchEvent(new CustomEvent("vacation-set", { detail }));
    } catch (error) {
      this.error = errorText(this.hass, error);
    } finally {
      this.busy = false;
    }
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("vacation-closed"));
  }
}
