/** The car's card: how full, when it charges, what that costs, whether the target is kept. */

import { LitElement, html, nothing, type PropertyValues } from "lit";
import type { Answer, CarContext, Form, Question } from "./car-context";
import { hands } from "./car-hands";
import { problems } from "./car-problems";
import { facts, head, verdictRow } from "./car-rows";
import { carStyles } from "./car-styles";
import { Format } from "./format";
import { DOMAIN, cars, errorText, nameOf, type Hass } from "./hass";
import { isKey } from "./i18n";
import { translator, type Translate } from "./sentences";
import { Subscription } from "./subscription";
import type { CarView } from "./types";

export interface CarCardConfig {
  type: string;
  device_id?: string;
  name?: string;
  compact?: boolean;
}

const MINUTE = 60_000;
export class TeslaScoutCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    view: { state: true },
    failure: { state: true },
    now: { state: true },
    question: { state: true },
    answer: { state: true },
    form: { state: true },
    busy: { state: true },
    target: { state: true },
  };

  declare hass: Hass | undefined;
  declare private config: CarCardConfig | undefined;
  declare private view: CarView | undefined;
  declare private failure: unknown;
  declare private now: Date;
  declare private question: Question | undefined;
  declare private answer: Answer | undefined;
  declare private form: Form | undefined;
  declare private busy: boolean;
  declare private target: number | undefined;
  /** How far the clock of Home Assistant is ahead of that of the browser. */
  private ahead = 0;
  /** The button that opened what has the focus now; it gets the focus back. */
  private asker: HTMLElement | undefined;
  /** What is asked after the answer to a question. */
  private next: Question | undefined;
  private clock: ReturnType<typeof setInterval> | undefined;
  private loadedLanguage: string | undefined;
  private readonly subscription = new Subscription<CarView>("subscribe_car", (view, error) => {
    this.failure = error;
    if (view) {
      this.view = view;
      this.ahead = Date.parse(view.at) - Date.now();
      this.now = this.serverTime();
    }
  });

  constructor() {
    super();
    this.now = new Date();
    this.busy = false;
  }

  static getConfigForm(): unknown {
    return {
      schema: [
        {
          name: "device_id",
          // The account is a device too, but one without a switch.
          selector: {
            device: { filter: [{ integration: DOMAIN }], entity: [{ domain: "switch" }] },
          },
        },
        { name: "name", selector: { text: {} } },
        { name: "compact", selector: { boolean: {} } },
      ],
      computeLabel: (schema: { name: string }) => label(schema.name),
    };
  }

  static getStubConfig(hass: Hass): Partial<CarCardConfig> {
    const device = cars(hass)[0]?.id;
    return device ? { device_id: device } : {};
  }

  setConfig(config: CarCardConfig): void {
    if (config.device_id !== undefined && typeof config.device_id !== "string") {
      throw new Error("device_id is the id of a device");
    }
    this.config = config;
    this.subscription.end();
    this.view = undefined;
  }

  getCardSize(): number {
    return this.config?.compact ? 6 : 9;
  }

  getGridOptions(): Record<string, unknown> {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = this.serverTime();
    this.clock = setInterval(() => (this.now = this.serverTime()), MINUTE / 2);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
    this.subscription.end();
  }

  /** The time of Home Assistant: a tablet on a wall may have another one. */
  private serverTime(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** The car of the configuration; without one the only car, or the first. */
  private get device(): string | undefined {
    if (this.config?.device_id) return this.config.device_id;
    return this.hass ? cars(this.hass)[0]?.id : undefined;
  }

  protected override willUpdate(): void {
    const { hass, device } = this;
    if (!hass || !this.config || !this.isConnected) return;
    if (device) this.subscription.start(hass, device);
    const language = hass.locale?.language ?? hass.language;
    if (this.loadedLanguage !== language) {
      this.loadedLanguage = language;
      void Promise.all(
        ["issues", "exceptions"].map((kind) => hass.loadBackendTranslation?.(kind, DOMAIN)),
      ).then(() => this.requestUpdate());
    }
  }

  protected override render(): unknown {
    const { hass, config, view } = this;
    if (!hass || !config) return nothing;
    const format = new Format(hass);
    const t = translator(format);
    const compact = config.compact === true;
    if (!view) {
      const text = this.failure ? errorText(hass, this.failure) : t("waiting");
      return html`<ha-card>
        <div class="card"><p role="status">${this.device ? text : t("no_car")}</p></div>
      </ha-card>`;
    }
    const name = config.name || view.name;
    const context = this.context(hass, view, format, t);
    return html`<ha-card>
      <section class=${compact ? "card compact" : "card"} aria-label=${name}>
        <div class="state">
          ${head(context, name)} ${compact ? nothing : problems(context)} ${verdictRow(context)}
          ${facts(context)}
        </div>
        ${
          view.prices.length
            ? html`<tesla-scout-strip
                .view=${view}
                .format=${format}
                .now=${this.now}
              ></tesla-scout-strip>`
            : nothing
        }
        ${compact ? problems(context) : hands(context)}
        <div class="talk" aria-live="polite">${this.talk(t)}</div>
      </section>
    </ha-card>`;
  }

  /** Keeps the button that was pressed; one within what closes is none to go back to. */
  private remember(): void {
    const pressed = this.shadowRoot?.activeElement;
    if (
      pressed instanceof HTMLElement &&
      pressed.matches(".buttons button, .session button, .problems button")
    ) {
      this.asker = pressed;
    }
  }

  /**
   * Moves the focus to a question, and back to the button that asked it: who uses a keyboard
   * would begin anew at the top of the page, since the button that had the focus is gone.
   */
  protected override updated(changed: PropertyValues): void {
    const root = this.shadowRoot;
    if (!root || !this.asker) return;
    if (changed.has("question") && this.question) {
      root.querySelector<HTMLElement>(".box .main")?.focus();
    } else if (["question", "answer", "form", "busy"].some((name) => changed.has(name))) {
      const lost = root.activeElement === null && document.activeElement === document.body;
      if (!lost || this.form) return;
      const close = root.querySelector<HTMLElement>(".box button:last-of-type");
      (close ?? this.asker).focus({ preventScroll: true });
    }
  }

  /** What the parts of the card know of it, and may ask it to do. */
  private context(hass: Hass, view: CarView, format: Format, t: Translate): CarContext {
    const { now, device, busy, form, target: dragged } = this;
    return {
      ...{ hass, view, format, t, now, device, busy, form, dragged },
      compact: this.config?.compact === true,
      ask: (question) => {
        this.question = question;
        this.remember();
      },
      askNext: (question) => (this.next = question),
      say: (answer) => (this.answer = answer),
      act: (work) => this.act(work),
      open: (which) => {
        this.form = which;
        this.remember();
      },
      drag: (target) => (this.target = target),
    };
  }

  /** A question before what costs; an answer after what was done. */
  private talk(t: Translate): unknown {
    const { question, answer } = this;
    if (question) {
      const { other } = question;
      return html`<div class="box">
        <span>${question.text}</span>
        <button class="act main" ?disabled=${this.busy} @click=${() => this.act(question.act)}>
          ${question.yes ?? t("yes")}
        </button>
        ${
          other
            ? html`<button class="act" ?disabled=${this.busy} @click=${() => this.act(other.act)}>
                ${other.text}
              </button>`
            : nothing
        }
        <button class="act" @click=${() => (this.question = undefined)}>${t("no")}</button>
      </div>`;
    }
    if (!answer) return nothing;
    const { undo } = answer;
    return html`<div class="box">
      <span>${answer.text}</span>
      ${
        undo
          ? html`<button
              class="act"
              ?disabled=${this.busy}
              @click=${() =>
                this.act(async () => {
                  const text = await undo();
                  return { text: text ?? t("done_undo") };
                })}
            >
              ${t("undo")}
            </button>`
          : nothing
      }
      <button class="act" aria-label=${t("close")} @click=${() => (this.answer = undefined)}>
        ✕
      </button>
    </div>`;
  }

  private async act(work: () => Promise<Answer | undefined>): Promise<void> {
    this.busy = true;
    try {
      this.answer = await work();
    } catch (error) {
      this.answer = { text: this.hass ? errorText(this.hass, error) : String(error) };
    } finally {
      this.busy = false;
      this.question = this.next;
      this.next = undefined;
    }
  }

  static override styles = carStyles;
}

/** The editor knows no language of its own: that of the page. */
function label(name: string): string {
  const language = document.documentElement.lang || navigator.language || "en";
  const key = `field_${name === "device_id" ? "device" : name}`;
  const format = new Format({ language, config: { time_zone: "UTC" } });
  return isKey(key) ? translator(format)(key) : name;
}

/** The suggestion of the card picker for an entity of a car. */
export function suggestion(hass: Hass, entityId: string): unknown {
  const entity = hass.entities[entityId];
  if (entity?.platform !== DOMAIN || !entity.device_id) return null;
  const device = cars(hass).find(({ id }) => id === entity.device_id);
  if (!device) return null;
  return {
    label: nameOf(device),
    config: { type: "custom:tesla-scout-card", device_id: device.id },
  };
}
