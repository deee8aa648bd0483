/** A ready dashboard: a card for each car and each account, and what else belongs to a car. */

import { DOMAIN, cars, nameOf, type Hass, type HassDevice } from "./hass";
import { translate } from "./i18n";

export interface StrategyConfig {
  type: string;
  /** Cards above ours, as of a demo or of a wallbox. */
  cards?: Record<string, unknown>[];
}

interface Section {
  type: "grid";
  cards: Record<string, unknown>[];
}

/** The devices of accounts, which are services, in the order of their names. */
function accounts(hass: Hass): HassDevice[] {
  const ids = new Set(
    Object.values(hass.entities)
      .filter((entity) => entity.platform === DOMAIN && entity.device_id)
      .map((entity) => entity.device_id as string),
  );
  return [...ids]
    .map((id) => hass.devices[id])
    .filter((device): device is HassDevice => device?.entry_type === "service")
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

/** The calendars of our cars, which show what was requested. */
function calendars(hass: Hass): string[] {
  return Object.values(hass.entities)
    .filter((entity) => entity.platform === DOMAIN && entity.entity_id.startsWith("calendar."))
    .map((entity) => entity.entity_id)
    .sort();
}

export class TeslaScoutStrategy extends HTMLElement {
  /** Home Assistant asks for the dashboard each time that it is opened. */
  static async generate(config: StrategyConfig, hass: Hass): Promise<unknown> {
    const language = hass.locale?.language ?? hass.language;
    const found = cars(hass);
    const sections: Section[] = found.map(({ id }) => ({
      type: "grid",
      cards: [{ type: "custom:tesla-scout-card", device_id: id }],
    }));
    const money: Record<string, unknown>[] = accounts(hass).map(({ id }) => ({
      type: "custom:tesla-scout-account-card",
      device_id: id,
    }));
    const planned = calendars(hass);
    if (planned.length > 0) {
      money.push({ type: "calendar", entities: planned, initial_view: "listWeek" });
    }
    const beside = [...(config.cards ?? []), ...money];
    if (beside.length > 0) sections.push({ type: "grid", cards: beside });
    if (found.length === 0) {
      const content = translate(language, "strategy_empty");
      sections.unshift({ type: "grid", cards: [{ type: "markdown", content }] });
    }
    const view = { title: "Tesla Scout", type: "sections", max_columns: 2, sections };
    return { title: "Tesla Scout & Worker", views: [view] };
  }
}
