/** The car's card: how full, when it charges, what that costs, whether the target is kept. */

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { carStyles } from "./car-styles";
import { Format } from "./format";
import { DOMAIN, cars, errorText, nameOf, reasonText, type Hass, navigate } from "./hass";
import { isKey, type Key } from "./i18n";
import {
  lastMoment,
  overrideText,
  problemText,
  savings,
  timedSentence,
  translator,
  verdictSentence,
  waitText,
  windowsText,
  type Translate,
} from "./sentences";
import { Subscription } from "./subscription";
import type { CarView, Override, PlanView, Problem } from "./types";

export interface CarCardConfig {
  type: string;
  device_id?: string;
  name?: string;
  compact?: boolean;
}

interface Question {
  text: string;
  yes?: string;
  act: () => Promise<Answer | undefined>;
}

/** What was done, and how it is undone. */
interface Answer {
  text: string;
  undo?: () => Promise<unknown>;
}

const MINUTE = 60_000;
const SETTINGS = `/config/integrations/integration/${DOMAIN}`;

const PROBLEM_FIXES: Record<string, Key> = {
  shadow: "fix_shadow",
  off: "fix_off",
  no_prices: "fix_options",
  budget_essential: "fix_options",
  budget_stopped: "fix_options",
};

export class TeslaScoutCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    preview: { attribute: false },
    config: { state: true },
    view: { state: true },
    failure: { state: true },
    now: { state: true },
    question: { state: true },
    answer: { state: true },
    special: { state: true },
    busy: { state: true },
    target: { state: true },
  };

  declare hass: Hass | undefined;
  declare preview: boolean | undefined;
  declare private config: CarCardConfig | undefined;
  declare private view: CarView | undefined;
  declare private failure: unknown;
  declare private now: Date;
  declare private question: Question | undefined;
  declare private answer: Answer | undefined;
  declare private special: boolean;
  declare private busy: boolean;
  declare private target: number | undefined;
  /** How far the clock of Home Assistant is ahead of that of the browser. */
  private ahead = 0;
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
    this.special = false;
    this.busy = false;
  }

  static getConfigForm(): unknown {
    return {
      schema: [
        {
          name: "device_id",
          selector: { device: { filter: { integration: DOMAIN, manufacturer: "Tesla" } } },
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
    return html`<ha-card>
      <section class=${compact ? "card compact" : "card"} aria-label=${name}>
        <div class="state">
          ${this.head(name, view, format, t)} ${compact ? nothing : this.problems(view, format)}
          ${this.verdict(view, format)} ${this.facts(view, format, t)}
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
        ${compact ? this.problems(view, format) : this.hands(hass, view, format, t)}
        <div class="talk" aria-live="polite">${this.talk(t)}</div>
      </section>
    </ha-card>`;
  }

  private head(name: string, view: CarView, format: Format, t: Translate): TemplateResult {
    const level = view.level === null ? t("unknown_level") : format.percent(view.level);
    const goal = view.plans[0]?.target ?? view.limit;
    return html`<div class="head">
      <div class="number">
        <span class="hidden">${t("level")}</span>
        <span class="percent">${level}</span>
      </div>
      <div class="about">
        <h2>${name}</h2>
        <div class="soft">${this.status(view, format, t).join(" · ")}</div>
      </div>
      <div class="battery" aria-hidden="true">
        <div class="fill" style=${`width:${view.level ?? 0}%`}></div>
        ${goal === null ? nothing : html`<div class="goal" style=${`left:${goal}%`}></div>`}
      </div>
    </div>`;
  }

  private status(view: CarView, format: Format, t: Translate): string[] {
    const parts: string[] = [];
    if (view.charging) {
      const { power } = view;
      parts.push(power ? t("charging_at", { power: format.number(power) }) : t("charging"));
    } else if (view.plugged_in !== null) {
      parts.push(t(view.plugged_in ? "plugged_in" : "unplugged"));
    } else if (view.seen_at !== null) {
      parts.push(t("plug_unknown"));
    }
    if (view.at_home !== null) parts.push(t(view.at_home ? "home" : "away"));
    if (view.connectivity === "asleep") parts.push(t("asleep"));
    if (view.connectivity === "offline") parts.push(t("offline"));
    if (view.limit !== null) parts.push(t("limit", { limit: format.percent(view.limit) }));
    if (view.seen_at !== null) {
      const ago = this.now.getTime() - Date.parse(view.seen_at);
      parts.push(ago < MINUTE ? t("seen_now") : t("seen", { ago: format.duration(ago) }));
    }
    return parts;
  }

  private verdict(view: CarView, format: Format): TemplateResult {
    const { verdict } = view;
    const extra = lastMoment(verdict, format, this.now);
    return html`<p class=${`verdict ${verdict.tone}`} role="status">
      <strong>${verdictSentence(verdict, format, this.now)}</strong>
      ${extra === null ? nothing : html`<span class="soft">${extra}</span>`}
    </p>`;
  }

  private facts(view: CarView, format: Format, t: Translate): unknown {
    const [first, ...others] = view.plans;
    if (!first || view.verdict.key === "signed_out") return nothing;
    const { currency } = view;
    const saved = savings(first);
    const times = windowsText(first.windows, format, this.now);
    const runs = first.windows.find(({ start }) => Date.parse(start) <= this.now.getTime());
    const end = runs ? format.time(new Date(runs.end)) : "";
    const charges =
      first.windows.length || first.verdict.key !== "reached"
        ? html`<div>
            <dt>${t(view.shadow && !first.session_id ? "would_charge" : "charges")}</dt>
            <dd>
              ${runs && view.charging ? t("charges_now", { end }) : times || t("nothing_planned")}
            </dd>
          </div>`
        : nothing;
    return html`<dl class="facts">
        ${charges}
        ${
          first.windows.length
            ? html`<div>
                  <dt>${t("energy")}</dt>
                  <dd>${format.energy(first.energy)}</dd>
                </div>
                ${
                  currency === null
                    ? nothing
                    : html`<div>
                        <dt>${t("cost")}</dt>
                        <dd>
                          ${
                            first.cost === null
                              ? html`<span class="unknown">${t("cost_unknown")}</span>`
                              : format.money(first.cost, currency)
                          }
                        </dd>
                      </div>`
                }`
            : nothing
        }
      </dl>
      ${
        saved === null || currency === null || !first.windows.length
          ? nothing
          : html`<p class="soft small">${t("saves", { amount: format.money(saved, currency) })}</p>`
      }
      ${this.timed(first, view, format)} ${this.overrides(view, format, t)}
      ${this.sessions(view, format, t)}
      ${others
        .filter((plan) => plan.session_id === null && plan.verdict.key !== "reached")
        .map(
          (plan) =>
            html`<p class="soft more">
              ${t("then")}: ${verdictSentence(plan.verdict, format, this.now)}
            </p>`,
        )}`;
  }

  /** What is weaker where Home Assistant starts and stops the charge. */
  private timed(plan: PlanView, view: CarView, format: Format): unknown {
    const text = timedSentence(plan.windows, view.timed, format, this.now);
    return text === null ? nothing : html`<p class="soft small">${text}</p>`;
  }

  /** What was said about the coming days, each with the button that takes it back. */
  private overrides(view: CarView, format: Format, t: Translate): unknown {
    return view.overrides.map((said) => {
      const text = overrideText(said, format, this.now);
      return html`<div class="session">
        <span>${text}</span>
        ${
          this.config?.compact === true
            ? nothing
            : html`<button
                class="act"
                aria-label=${`${t("cancel")}: ${text}`}
                ?disabled=${this.busy}
                @click=${() =>
                  this.act(async () => {
                    await this.takeBack(said.kind);
                    return { text: t("said_cancelled"), undo: () => this.sayAgain(said) };
                  })}
              >
                ${t("cancel")}
              </button>`
        }
      </div>`;
    });
  }

  private takeBack(kind: string): Promise<unknown> {
    return this.call(DOMAIN, "cancel_override", { device_id: this.device, override: kind });
  }

  private sayAgain({ kind, since, until, target }: Override): Promise<unknown> {
    const device_id = this.device;
    if (kind === "skip") return this.call(DOMAIN, "skip_charging", { device_id, until });
    if (kind === "target") {
      // The day begins at midnight where Home Assistant is; its noon has the same date everywhere near.
      const date = new Date(Date.parse(since) + 12 * 60 * MINUTE).toISOString().slice(0, 10);
      return this.call(DOMAIN, "set_target", { device_id, target, date });
    }
    const data = { device_id, start: since, end: until, level: target };
    return this.call(DOMAIN, "start_vacation", data);
  }

  /** Special charging: each session with its state, and the button that cancels it. */
  private sessions(view: CarView, format: Format, t: Translate): unknown {
    return view.plans
      .filter((plan) => plan.session_id !== null)
      .map((plan) => {
        const values = this.values(plan, format);
        const state = `state_${plan.state ?? ""}`;
        const parts = [
          this.titleOf(plan, format, t),
          ...(plan === view.plans[0] ? [] : [verdictSentence(plan.verdict, format, this.now)]),
          ...(isKey(state) ? [t(state)] : []),
          ...(plan.waits_for ? [t("waits", { reason: this.reason(plan.waits_for, format) })] : []),
        ];
        return html`<div class="session">
          <span>${parts.join(" · ")}</span>
          ${
            plan.cancellable && this.config?.compact !== true
              ? html`<button
                  class="act"
                  aria-label=${t("cancel_session", values)}
                  ?disabled=${this.busy}
                  @click=${() => this.askCancel(plan, format)}
                >
                  ${t("cancel")}
                </button>`
              : nothing
          }
        </div>`;
      });
  }

  private titleOf(plan: PlanView, format: Format, t: Translate): string {
    if (plan.source === "charge_now") {
      return t("charge_now_row", { target: format.percent(plan.target) });
    }
    return t(plan.source === "target_of_day" ? "target_of_day_row" : "special");
  }

  private problems(view: CarView, format: Format): unknown {
    const shown = view.problems
      .map((problem) => ({
        problem,
        text: problemText(
          problem,
          format,
          this.now,
          this.hass?.localize ?? (() => ""),
          DOMAIN,
          (key) => (this.hass ? reasonText(this.hass, key) : key),
        ),
      }))
      .filter((item): item is { problem: Problem; text: string } => item.text !== null);
    if (!shown.length && view.verdict.key !== "not_loaded") return nothing;
    return html`<ul class="problems" role="list">
      ${shown.map(
        ({ problem, text }) =>
          html`<li><span>${text}</span>${this.remedy(problem, view, format)}</li>`,
      )}
      ${
        view.verdict.key === "not_loaded" && !shown.length
          ? html`<li><span></span>${this.door("fix_devices", SETTINGS, format)}</li>`
          : nothing
      }
    </ul>`;
  }

  /** The button that helps with a problem, for those who may press it. */
  private remedy(problem: Problem, view: CarView, format: Format): unknown {
    const t = translator(format);
    if (problem.kind === "repair") {
      return problem.key.startsWith("signed_out")
        ? this.door("fix_sign_in", SETTINGS, format)
        : this.door("fix_repair", "/config/repairs", format);
    }
    const fix = PROBLEM_FIXES[problem.key];
    if (fix === undefined) return nothing;
    if (fix === "fix_options") return this.door(fix, SETTINGS, format);
    const [key, service, done]: [string, string, Key] =
      problem.key === "shadow"
        ? ["shadow_mode", "turn_off", "done_shadow"]
        : ["off_peak_sync", "turn_on", "done_sync"];
    const entity = view.entities[key];
    if (!entity) return nothing;
    const back = service === "turn_on" ? "turn_off" : "turn_on";
    return html`<button
      class="act main"
      ?disabled=${this.busy}
      @click=${() =>
        this.act(async () => {
          await this.call("switch", service, { entity_id: entity });
          return {
            text: t(done),
            undo: () => this.call("switch", back, { entity_id: entity }),
          };
        })}
    >
      ${t(fix)}
    </button>`;
  }

  /** A link to a page of the settings, which only administrators have. */
  private door(key: Key, path: string, format: Format): unknown {
    if (this.hass?.user && !this.hass.user.is_admin) return nothing;
    return html`<button class="act main" @click=${() => navigate(path)}>
      ${translator(format)(key)}
    </button>`;
  }

  private hands(hass: Hass, view: CarView, format: Format, t: Translate): unknown {
    if (view.verdict.key === "not_loaded" || view.verdict.key === "signed_out") return nothing;
    const services = hass.services[DOMAIN] ?? {};
    const { device } = this;
    const buttons: unknown[] = [
      html`<button
        class="act"
        aria-expanded=${this.special ? "true" : "false"}
        ?disabled=${view.level === null}
        @click=${() => {
          this.special = !this.special;
          this.question = undefined;
        }}
      >
        ${t("charge_to", { target: format.percent(100) })}
      </button>`,
    ];
    if ("charge_now" in services && !view.plans.some((each) => each.source === "charge_now")) {
      buttons.push(
        this.button("charge_now", t, () => (this.question = this.chargeNow(view, format, t))),
      );
    }
    const skips = view.overrides.some(({ kind }) => kind === "skip");
    if ("skip_charging" in services && view.sync && !view.shadow && !skips) {
      buttons.push(this.button("skip", t, () => (this.question = this.skip(t))));
    }
    if ("scout_now" in services) {
      const ask = t("read_now_ask");
      buttons.push(
        this.simple("scout_now", ask, "read_done", { device_id: device }, t, "read_now"),
      );
    }
    return html`
      ${this.settings(hass, view, format, t)}
      <div class="buttons">${buttons}</div>
      ${
        this.special && device
          ? html`<tesla-scout-special
              .hass=${hass}
              .format=${format}
              .view=${view}
              .now=${this.now}
              .device=${device}
              @special-closed=${() => (this.special = false)}
              @special-added=${(event: CustomEvent) => this.added(event, format)}
            ></tesla-scout-special>`
          : nothing
      }
    `;
  }

  /** The target and the departure of ordinary days: the entities of the car. */
  private settings(hass: Hass, view: CarView, format: Format, t: Translate): unknown {
    const number = view.entities["target_level"];
    const time = view.entities["departure"];
    const state = number ? hass.states[number] : undefined;
    const at = time ? hass.states[time]?.state : undefined;
    const usable = state && Number.isFinite(Number(state.state));
    const shown = this.target ?? Number(state?.state);
    if (!usable && !at) return nothing;
    return html`<div class="settings">
      ${
        usable
          ? html`<label class="slide"
              ><span>${t("target")}</span
              ><input
                type="range"
                min=${Number(state.attributes["min"] ?? 50)}
                max=${Number(state.attributes["max"] ?? 100)}
                step="1"
                .value=${String(shown)}
                style=${`--at:${shown}`}
                aria-valuetext=${format.percent(shown)}
                @input=${(event: Event) =>
                  (this.target = Number((event.target as HTMLInputElement).value))}
                @change=${(event: Event) => this.setTarget(event, number as string, format, t)}
              /><output>${format.percent(shown)}</output></label
            >`
          : nothing
      }
      ${
        at && /^\d\d:\d\d/.test(at)
          ? html`<label
              ><span>${t("departs")}</span
              ><input
                type="time"
                .value=${at.slice(0, 5)}
                @change=${(event: Event) => this.setDeparture(event, time as string, at, t)}
            /></label>`
          : nothing
      }
    </div>`;
  }

  /** Charge now to the target of the plan, and what that costs more than waiting for it. */
  private chargeNow(view: CarView, format: Format, t: Translate): Question {
    const plan = view.plans.find((each) => each.session_id === null) ?? view.plans[0];
    const level = plan?.target ?? view.limit;
    const target = level === null ? "" : format.percent(level);
    const { currency } = view;
    const costs =
      plan && plan.cost_now !== null && plan.cost !== null && currency !== null
        ? {
            target,
            now: format.money(plan.cost_now, currency),
            planned: format.money(plan.cost, currency),
          }
        : undefined;
    const data = level === null ? {} : { target: level };
    return {
      text: costs ? t("charge_now_ask", costs) : t("charge_now_ask_plain", { target }),
      act: async () => {
        await this.call(DOMAIN, "charge_now", { device_id: this.device, ...data });
        return {
          text: t("charge_now_done", { target }),
          undo: () => this.takeBack("charge_now"),
        };
      },
    };
  }

  /** Skip; what would not be kept is told by the refusal, and asked for once more. */
  private skip(t: Translate, refusal?: string): Question {
    return {
      text: refusal ?? t("skip_ask"),
      ...(refusal === undefined ? {} : { yes: t("skip_confirm") }),
      act: async () => {
        const confirm = refusal === undefined ? {} : { confirm: true };
        try {
          await this.call(DOMAIN, "skip_charging", { device_id: this.device, ...confirm });
        } catch (error) {
          const key = (error as { translation_key?: string }).translation_key;
          if (key !== "skip_breaks_session" || refusal !== undefined || !this.hass) throw error;
          this.next = this.skip(t, errorText(this.hass, error));
          return undefined;
        }
        return { text: t("skip_done"), undo: () => this.takeBack("skip") };
      },
    };
  }

  private button(name: Key, t: Translate, ask: () => void): TemplateResult {
    return html`<button class="act" ?disabled=${this.busy} @click=${ask}>${t(name)}</button>`;
  }

  private simple(
    service: string,
    ask: string,
    done: Key,
    data: Record<string, unknown>,
    t: Translate,
    name: Key = "charge_now",
  ): TemplateResult {
    return html`<button
      class="act"
      ?disabled=${this.busy}
      @click=${() => {
        this.question = {
          text: ask,
          act: async () => {
            await this.call(DOMAIN, service, data);
            return { text: t(done) };
          },
        };
      }}
    >
      ${t(name)}
    </button>`;
  }

  /** A question before what costs; an answer after what was done. */
  private talk(t: Translate): unknown {
    const { question, answer } = this;
    if (question) {
      return html`<div class="box">
        <span>${question.text}</span>
        <button class="act main" ?disabled=${this.busy} @click=${() => this.act(question.act)}>
          ${question.yes ?? t("yes")}
        </button>
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
                  await undo();
                  return { text: t("done_undo") };
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

  private async call(
    domain: string,
    service: string,
    data: Record<string, unknown>,
  ): Promise<unknown> {
    return this.hass?.callService(domain, service, data, undefined, false);
  }

  private setTarget(event: Event, entity: string, format: Format, t: Translate): void {
    const value = Number((event.target as HTMLInputElement).value);
    const before = Number(this.hass?.states[entity]?.state);
    const set = (to: number) => this.call("number", "set_value", { entity_id: entity, value: to });
    void this.act(async () => {
      await set(value);
      return {
        text: t("done_target", { target: format.percent(value) }),
        undo: () => set(before),
      };
    }).then(() => (this.target = undefined));
  }

  private setDeparture(event: Event, entity: string, before: string, t: Translate): void {
    const { value } = event.target as HTMLInputElement;
    if (!/^\d\d:\d\d/.test(value)) return;
    const set = (to: string) => this.call("time", "set_value", { entity_id: entity, time: to });
    void this.act(async () => {
      await set(`${value.slice(0, 5)}:00`);
      return { text: t("done_departure", { time: value }), undo: () => set(before) };
    });
  }

  private askCancel(plan: PlanView, format: Format): void {
    const t = translator(format);
    const { device } = this;
    if (plan.source === "charge_now") {
      const target = format.percent(plan.target);
      this.question = {
        text: t("charge_now_cancel_ask", { target }),
        act: async () => {
          await this.takeBack("charge_now");
          const data = { device_id: device, target: plan.target, until: plan.ready_by };
          return {
            text: t("done_cancel"),
            undo: () => this.call(DOMAIN, "charge_now", data),
          };
        },
      };
      return;
    }
    this.question = {
      text: t("cancel_ask", this.values(plan, format)),
      act: async () => {
        await this.call(DOMAIN, "cancel_special_charging", {
          device_id: device,
          session_id: plan.session_id,
        });
        return {
          text: t("done_cancel"),
          undo: () =>
            this.call(DOMAIN, "add_special_charging", {
              device_id: device,
              target: plan.target,
              ready_by: plan.ready_by,
            }),
        };
      },
    };
  }

  private added(
    event: CustomEvent<{ id?: string; target: number; by: Date }>,
    format: Format,
  ): void {
    const { id, target, by } = event.detail;
    const text = translator(format)("done_special", {
      target: format.percent(target),
      ready_by: format.when(by, this.now),
    });
    this.special = false;
    this.answer = id
      ? {
          text,
          undo: () =>
            this.call(DOMAIN, "cancel_special_charging", {
              device_id: this.device,
              session_id: id,
            }),
        }
      : { text };
  }

  private values(plan: PlanView, format: Format): Record<string, string> {
    return {
      target: format.percent(plan.target),
      ready_by: format.when(new Date(plan.ready_by), this.now),
    };
  }

  private reason(code: string, format: Format): string {
    return waitText(code, format, (key) => (this.hass ? reasonText(this.hass, key) : key));
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
