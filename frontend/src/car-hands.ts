/** What a person can do on the car's card: settings, buttons, and what they ask first. */

import { html, nothing, type TemplateResult } from "lit";
import {
  call,
  callCar,
  takeBack,
  valuesOf,
  type Answer,
  type CarContext,
  type Form,
  type Question,
} from "./car-context";
import { DOMAIN, errorText } from "./hass";
import { overrideText } from "./sentences";
import type { Override, PlanView } from "./types";

export function hands(context: CarContext): unknown {
  const { hass, view, format, t, form } = context;
  if (view.verdict.key === "not_loaded" || view.verdict.key === "signed_out") return nothing;
  const services = hass.services[DOMAIN] ?? {};
  const buttons: unknown[] = [
    opener(context, "special", t("charge_to", { target: format.percent(100) })),
  ];
  if ("set_target" in services && view.sync) {
    buttons.push(opener(context, "day", t("day_open")));
  }
  const away = view.overrides.some(({ kind }) => kind === "vacation");
  if ("start_vacation" in services && view.sync && !away) {
    buttons.push(opener(context, "vacation", t("vacation_open")));
  }
  if ("charge_now" in services && !view.plans.some((each) => each.source === "charge_now")) {
    buttons.push(asking(context, t("charge_now"), () => chargeNow(context)));
  }
  const skips = view.overrides.some(({ kind }) => kind === "skip");
  if ("skip_charging" in services && view.sync && !view.shadow && !skips) {
    buttons.push(asking(context, t("skip"), () => skip(context)));
  }
  if ("scout_now" in services) {
    buttons.push(readNow(context));
  }
  return html`
    ${settings(context)}
    <div class="buttons">${buttons}</div>
    ${form === undefined ? nothing : openForm(context)}
  `;
}

function openForm(context: CarContext): unknown {
  const { hass, view, format, now, device, form } = context;
  if (device === undefined) return nothing;
  const close = () => context.open(undefined);
  switch (form) {
    case "special":
      return html`<tesla-scout-special
        .hass=${hass}
        .format=${format}
        .view=${view}
        .now=${now}
        .device=${device}
        @special-closed=${close}
        @special-added=${(event: CustomEvent) => added(context, event)}
      ></tesla-scout-special>`;
    case "vacation":
      return html`<tesla-scout-vacation
        .hass=${hass}
        .format=${format}
        .view=${view}
        .now=${now}
        .device=${device}
        @vacation-closed=${close}
        @vacation-set=${(event: CustomEvent) => vacationSet(context, event)}
      ></tesla-scout-vacation>`;
    default:
      return html`<tesla-scout-day
        .hass=${hass}
        .format=${format}
        .view=${view}
        .now=${now}
        .device=${device}
        @day-closed=${close}
        @day-set=${(event: CustomEvent) => daySet(context, event)}
      ></tesla-scout-day>`;
  }
}

/** A button that opens or closes a form. */
function opener(context: CarContext, form: Form, text: string): TemplateResult {
  const isOpen = context.form === form;
  const toggle = () => {
    context.open(isOpen ? undefined : form);
    context.ask(undefined);
  };
  return html`<button
    class="act"
    aria-expanded=${isOpen ? "true" : "false"}
    ?disabled=${context.view.level === null}
    @click=${toggle}
  >
    ${text}
  </button>`;
}

/** A button that asks before it acts. */
function asking(context: CarContext, text: string, question: () => Question): TemplateResult {
  return html`<button class="act" ?disabled=${context.busy} @click=${() => context.ask(question())}>
    ${text}
  </button>`;
}

/** A button that reads the car; it asks only where a read costs something. */
function readNow(context: CarContext): TemplateResult {
  const { view, format, t } = context;
  const act = async () => {
    await callCar(context, "scout_now");
    return { text: t("read_done") };
  };
  if (view.read_price === 0) {
    return html`<button
      class="act"
      ?disabled=${context.busy}
      @click=${() => {
        context.ask(undefined);
        return context.act(act);
      }}
    >
      ${t("read_now")}
    </button>`;
  }
  const price = format.smallMoney(view.read_price, view.bill_currency);
  return asking(context, t("read_now"), () => ({ text: t("read_now_ask", { price }), act }));
}

/**
 * Charge now to the target of the plan, and what that costs more than waiting for it; or to the
 * limit, where that is more.
 */
function chargeNow(context: CarContext): Question {
  const { view, format, t } = context;
  const plan = view.plans.find((each) => each.session_id === null) ?? view.plans[0];
  const level = plan?.target ?? view.limit;
  const target = level === null ? "" : format.percent(level);
  const { currency, limit } = view;
  const costs =
    plan && plan.cost_now !== null && plan.cost !== null && currency !== null
      ? {
          target,
          now: format.money(plan.cost_now, currency),
          planned: format.money(plan.cost, currency),
        }
      : undefined;
  const question = {
    text: costs ? t("charge_now_ask", costs) : t("charge_now_ask_plain", { target }),
    act: () => chargeTo(context, level),
  };
  if (limit === null || level === null || limit <= level) return question;
  const other = {
    text: t("to_limit", { limit: format.percent(limit) }),
    act: () => chargeTo(context, limit),
  };
  const more =
    view.limit_cost === null || currency === null
      ? ""
      : ` ${t("charge_now_limit", {
          limit: format.percent(limit),
          cost: format.money(view.limit_cost, currency),
        })}`;
  return { ...question, text: `${question.text}${more}`, yes: t("to_target", { target }), other };
}

async function chargeTo(context: CarContext, level: number | null): Promise<Answer> {
  const { format, t } = context;
  await callCar(context, "charge_now", level === null ? {} : { target: level });
  const target = level === null ? "" : format.percent(level);
  return { text: t("charge_now_done", { target }), undo: () => takeBack(context, "charge_now") };
}

/** Skip; what would not be kept is told by the refusal, and asked for once more. */
function skip(context: CarContext, refusal?: string): Question {
  const { hass, t } = context;
  return {
    text: refusal ?? t("skip_ask"),
    ...(refusal === undefined ? {} : { yes: t("skip_confirm") }),
    act: async () => {
      try {
        await callCar(context, "skip_charging", refusal === undefined ? {} : { confirm: true });
      } catch (error) {
        const key = (error as { translation_key?: string }).translation_key;
        if (key !== "skip_breaks_session" || refusal !== undefined) throw error;
        context.askNext(skip(context, errorText(hass, error)));
        return undefined;
      }
      return { text: t("skip_done"), undo: () => takeBack(context, "skip") };
    },
  };
}

/** Cancel a session, once it was asked. */
export function askCancel(context: CarContext, plan: PlanView): void {
  const { format, t } = context;
  if (plan.source === "charge_now") {
    context.ask({
      text: t("charge_now_cancel_ask", { target: format.percent(plan.target) }),
      act: async () => {
        await takeBack(context, "charge_now");
        const data = { target: plan.target, until: plan.ready_by };
        return { text: t("done_cancel"), undo: () => callCar(context, "charge_now", data) };
      },
    });
    return;
  }
  const session = { session_id: plan.session_id };
  context.ask({
    text: t("cancel_ask", valuesOf(plan, context)),
    act: async () => {
      await callCar(context, "cancel_special_charging", session);
      return {
        text: t("done_cancel"),
        undo: () => callCar(context, "restore_special_charging", session),
      };
    },
  });
}

function added(
  context: CarContext,
  event: CustomEvent<{ id?: string; target: number; by: Date }>,
): void {
  const { format, now, t } = context;
  const { id, target, by } = event.detail;
  const text = t("done_special", {
    target: format.percent(target),
    ready_by: format.when(by, now),
  });
  const undo = () => callCar(context, "cancel_special_charging", { session_id: id });
  context.open(undefined);
  context.say(id === undefined ? { text } : { text, undo });
}

function daySet(
  context: CarContext,
  event: CustomEvent<{ target: number; date: string; day: string }>,
): void {
  const { target, date, day } = event.detail;
  const { format, t } = context;
  context.open(undefined);
  context.say({
    text: t("day_done", { target: format.percent(target), day }),
    undo: () => takeBack(context, "target", date),
  });
}

function vacationSet(context: CarContext, event: CustomEvent<Override>): void {
  const { format, now } = context;
  context.open(undefined);
  context.say({
    text: `${overrideText(event.detail, format, now)}.`,
    undo: () => takeBack(context, "vacation"),
  });
}

/** The target and the departure of ordinary days: the entities of the car. */
function settings(context: CarContext): unknown {
  const { hass, view, t } = context;
  const number = view.entities["target_level"];
  const time = view.entities["departure"];
  const state = number ? hass.states[number] : undefined;
  const at = time ? hass.states[time]?.state : undefined;
  const usable = state && Number.isFinite(Number(state.state));
  if (!usable && !at) return nothing;
  return html`<div class="settings">
    ${usable ? targetSlider(context, number as string, state.attributes) : nothing}
    ${
      at && /^\d\d:\d\d/.test(at)
        ? html`<label
            ><span>${t("departs")}</span
            ><input
              type="time"
              .value=${at.slice(0, 5)}
              @change=${(event: Event) => setDeparture(context, event, time as string, at)}
          /></label>`
        : nothing
    }
  </div>`;
}

function targetSlider(
  context: CarContext,
  entity: string,
  attributes: Record<string, unknown>,
): TemplateResult {
  const { hass, format, t, dragged } = context;
  const shown = dragged ?? Number(hass.states[entity]?.state);
  return html`<label class="slide"
    ><span>${t("target")}</span
    ><input
      type="range"
      min=${Number(attributes["min"] ?? 50)}
      max=${Number(attributes["max"] ?? 100)}
      step="1"
      .value=${String(shown)}
      style=${`--at:${shown}`}
      aria-valuetext=${format.percent(shown)}
      @input=${(event: Event) => context.drag(Number((event.target as HTMLInputElement).value))}
      @change=${(event: Event) => setTarget(context, event, entity)}
    /><output>${format.percent(shown)}</output></label
  >`;
}

function setTarget(context: CarContext, event: Event, entity_id: string): void {
  const { hass, format, t } = context;
  const value = Number((event.target as HTMLInputElement).value);
  const before = Number(hass.states[entity_id]?.state);
  const set = (to: number) => call(context, "number", "set_value", { entity_id, value: to });
  void context
    .act(async () => {
      await set(value);
      return { text: t("done_target", { target: format.percent(value) }), undo: () => set(before) };
    })
    .then(() => context.drag(undefined));
}

function setDeparture(context: CarContext, event: Event, entity_id: string, before: string): void {
  const { value } = event.target as HTMLInputElement;
  if (!/^\d\d:\d\d/.test(value)) return;
  const set = (time: string) => call(context, "time", "set_value", { entity_id, time });
  void context.act(async () => {
    await set(`${value.slice(0, 5)}:00`);
    return { text: context.t("done_departure", { time: value }), undo: () => set(before) };
  });
}
