/** The rows of the car's card: state, verdict, facts, and what a person asked for. */

import { html, nothing, type TemplateResult } from "lit";
import { callCar, dateOf, takeBack, valuesOf, type CarContext } from "./car-context";
import { askCancel } from "./car-hands";
import { reasonText } from "./hass";
import { isKey } from "./i18n";
import {
  lastMoment,
  overrideText,
  savings,
  timedSentence,
  verdictSentence,
  waitText,
  windowsText,
} from "./sentences";
import type { Override, PlanView } from "./types";

const MINUTE = 60_000;

/** How full the car is, and where it is. */
export function head(context: CarContext, name: string): TemplateResult {
  const { view, format, t } = context;
  const level = view.level === null ? t("unknown_level") : format.percent(view.level);
  const goal = view.plans[0]?.target ?? view.limit;
  return html`<div class="head">
    <div class="number">
      <span class="hidden">${t("level")}</span>
      <span class="percent">${level}</span>
    </div>
    <div class="about">
      <h2>${name}</h2>
      <div class="soft">${status(context).join(" · ")}</div>
    </div>
    <div class="battery" aria-hidden="true">
      <div class="fill" style=${`width:${view.level ?? 0}%`}></div>
      ${goal === null ? nothing : html`<div class="goal" style=${`left:${goal}%`}></div>`}
    </div>
  </div>`;
}

function status({ view, format, now, t }: CarContext): string[] {
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
    const ago = now.getTime() - Date.parse(view.seen_at);
    parts.push(ago < MINUTE ? t("seen_now") : t("seen", { ago: format.duration(ago) }));
  }
  return parts;
}

/** Whether the target is kept, in a sentence. */
export function verdictRow({ view, format, now }: CarContext): TemplateResult {
  const { verdict } = view;
  const extra = lastMoment(verdict, format, now);
  return html`<p class=${`verdict ${verdict.tone}`} role="status">
    <strong>${verdictSentence(verdict, format, now)}</strong>
    ${extra === null ? nothing : html`<span class="soft">${extra}</span>`}
  </p>`;
}

/** When the car charges, how much, and what that costs. */
export function facts(context: CarContext): unknown {
  const { view, format, now, t } = context;
  const [first, ...others] = view.plans;
  if (!first || view.verdict.key === "signed_out") return nothing;
  const { currency } = view;
  const saved = savings(first);
  return html`<dl class="facts">${chargesFact(context, first)} ${energyFacts(context, first)}</dl>
    ${
      saved === null || currency === null || !first.windows.length
        ? nothing
        : html`<p class="soft small">${t("saves", { amount: format.money(saved, currency) })}</p>`
    }
    ${timed(context, first)} ${view.overrides.map((said) => overrideRow(context, said))}
    ${view.plans
      .filter((plan) => plan.session_id !== null)
      .map((plan) => sessionRow(context, plan))}
    ${others
      .filter((plan) => plan.session_id === null && plan.verdict.key !== "reached")
      .map(
        (plan) =>
          html`<p class="soft more">
            ${t("then")}: ${verdictSentence(plan.verdict, format, now)}
          </p>`,
      )}`;
}

/** What is weaker where Home Assistant starts and stops the charge. */
function timed({ view, format, now }: CarContext, plan: PlanView): unknown {
  const text = timedSentence(plan.windows, view.timed, format, now);
  return text === null ? nothing : html`<p class="soft small">${text}</p>`;
}

function chargesFact({ view, format, now, t }: CarContext, plan: PlanView): unknown {
  if (!plan.windows.length && plan.verdict.key === "reached") return nothing;
  const runs = plan.windows.find(({ start }) => Date.parse(start) <= now.getTime());
  const times = windowsText(plan.windows, format, now);
  const text =
    runs && view.charging
      ? t("charges_now", { end: format.time(new Date(runs.end)) })
      : times || t("nothing_planned");
  return html`<div>
    <dt>${t(view.shadow && !plan.session_id ? "would_charge" : "charges")}</dt>
    <dd>${text}</dd>
  </div>`;
}

function energyFacts({ view, format, t }: CarContext, plan: PlanView): unknown {
  if (!plan.windows.length) return nothing;
  const { currency } = view;
  return html`<div>
      <dt>${t("energy")}</dt>
      <dd>${format.energy(plan.energy)}</dd>
    </div>
    ${
      currency === null
        ? nothing
        : html`<div>
            <dt>${t("cost")}</dt>
            <dd>
              ${
                plan.cost === null
                  ? html`<span class="unknown">${t("cost_unknown")}</span>`
                  : format.money(plan.cost, currency)
              }
            </dd>
          </div>`
    }`;
}

/** What was said about the coming days, with the button that takes it back. */
function overrideRow(context: CarContext, said: Override): TemplateResult {
  const { format, now, t } = context;
  const text = overrideText(said, format, now);
  const date = said.kind === "target" ? dateOf(said) : undefined;
  const cancel = () =>
    context.act(async () => {
      const lost = await takeBack(context, said.kind, date);
      return { text: lost ?? t("said_cancelled"), undo: () => sayAgain(context, said) };
    });
  return row(context, text, `${t("cancel")}: ${text}`, cancel);
}

function sayAgain(
  context: CarContext,
  { kind, since, until, target }: Override,
): Promise<string | void> {
  if (kind === "skip") return callCar(context, "skip_charging", { until, confirm: true });
  if (kind === "target") {
    return callCar(context, "set_target", { target, date: dateOf({ since }) });
  }
  return callCar(context, "start_vacation", { start: since, end: until, level: target });
}

/** A session with its state, and the button that cancels it. */
function sessionRow(context: CarContext, plan: PlanView): TemplateResult {
  const { view, format, hass, now, t } = context;
  const state = `state_${plan.state ?? ""}`;
  const reason = (code: string) => waitText(code, format, (key) => reasonText(hass, key));
  const parts = [
    titleOf(plan, context),
    ...(plan === view.plans[0] ? [] : [verdictSentence(plan.verdict, format, now)]),
    ...(isKey(state) ? [t(state)] : []),
    ...(plan.waits_for ? [t("waits", { reason: reason(plan.waits_for) })] : []),
  ];
  const name = t("cancel_session", valuesOf(plan, context));
  const cancel = plan.cancellable ? () => askCancel(context, plan) : undefined;
  return row(context, parts.join(" · "), name, cancel);
}

function titleOf(plan: PlanView, { format, t }: CarContext): string {
  if (plan.source === "charge_now") {
    return t("charge_now_row", { target: format.percent(plan.target) });
  }
  return plan.title ?? t(plan.source === "target_of_day" ? "target_of_day_row" : "special");
}

/** A row with a button that cancels it; a compact card has none. */
function row(
  { busy, compact, t }: CarContext,
  text: string,
  name: string,
  cancel: (() => unknown) | undefined,
): TemplateResult {
  const button =
    cancel && !compact
      ? html`<button class="act" aria-label=${name} ?disabled=${busy} @click=${cancel}>
          ${t("cancel")}
        </button>`
      : nothing;
  return html`<div class="session"><span>${text}</span>${button}</div>`;
}
