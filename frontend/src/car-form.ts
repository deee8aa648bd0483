/** What the forms of a car share: a target, an error, and waiting for an answer. */

import { LitElement, type PropertyDeclarations, html, nothing } from "lit";
import type { Format } from "./format";
import { formStyles } from "./form-styles";
import type { Hass } from "./hass";
import { translator } from "./sentences";
import { shared } from "./styles";
import type { CarView } from "./types";

export abstract class CarForm extends LitElement {
  static override properties: PropertyDeclarations = {
    hass: { attribute: false },
    format: { attribute: false },
    view: { attribute: false },
    device: { attribute: false },
    now: { attribute: false },
    target: { state: true },
    error: { state: true },
    busy: { state: true },
  };

  declare hass: Hass;
  declare format: Format;
  declare view: CarView;
  declare device: string;
  declare now: Date;
  declare protected target: number;
  declare protected error: string | undefined;
  declare protected busy: boolean;

  constructor() {
    super();
    this.target = 100;
    this.busy = false;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.focus();
  }

  protected targetRow(name = translator(this.format)("target")): unknown {
    const text = this.format.percent(this.target);
    return html`
      <div class="row">
        <label for="target">${name}</label>
        <input
          id="target"
          type="range"
          min="50"
          max="100"
          step="1"
          .value=${String(this.target)}
          style=${`--at:${this.target}`}
          aria-valuetext=${text}
          @input=${this.moved}
        />
        <output for="target">${text}</output>
      </div>
    `;
  }

  /** Says that the limit is raised for a target above it. */
  protected limitNote(): unknown {
    return this.view.limit !== null && this.target > this.view.limit
      ? html`<p class="soft">${translator(this.format)("special_limit")}</p>`
      : nothing;
  }

  protected moved(event: Event): void {
    this.target = Number((event.target as HTMLInputElement).value);
  }

  static override styles = [shared, formStyles];
}
