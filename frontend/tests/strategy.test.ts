import { describe, expect, it } from "vitest";
import type { Hass } from "../src/hass";
import { TeslaScoutStrategy } from "../src/strategy";
import { car, house } from "./fixtures";

interface Dashboard {
  views: { sections: { cards: Record<string, unknown>[] }[] }[];
}

const generate = async (hass: Hass, more: Record<string, unknown> = {}) => {
  const config = { type: "custom:tesla-scout", ...more };
  const found = (await TeslaScoutStrategy.generate(config, hass)) as Dashboard;
  return found.views[0]?.sections.map(({ cards }) => cards) ?? [];
};

const entity = (entity_id: string, device_id: string) => ({
  entity_id,
  device_id,
  platform: "tesla_scout_worker",
});

describe("the ready dashboard", () => {
  it("has a card for each car, one for the account, and the calendars", async () => {
    const { hass } = house(car("on_track"));
    hass.devices = {
      second: { id: "second", name: "Wanderer", name_by_user: null, entry_type: null },
      car: { id: "car", name: "Scout", name_by_user: null, entry_type: null },
      account: { id: "account", name: "Tesla", name_by_user: null, entry_type: "service" },
      lamp: { id: "lamp", name: "Lamp", name_by_user: null, entry_type: null },
    };
    const rows = [
      entity("sensor.wanderer_battery", "second"),
      entity("sensor.scout_battery", "car"),
      entity("calendar.scout_charging", "car"),
      entity("sensor.tesla_cost", "account"),
      { entity_id: "light.lamp", device_id: "lamp", platform: "hue" },
    ];
    hass.entities = Object.fromEntries(rows.map((row) => [row.entity_id, row]));
    expect(await generate(hass)).toEqual([
      [{ type: "custom:tesla-scout-card", device_id: "car" }],
      [{ type: "custom:tesla-scout-card", device_id: "second" }],
      [
        { type: "custom:tesla-scout-account-card", device_id: "account" },
        { type: "calendar", entities: ["calendar.scout_charging"], initial_view: "listWeek" },
      ],
    ]);
  });

  it("puts other cards beside the cars, above those of the account", async () => {
    const { hass } = house(car("on_track"));
    const sections = await generate(hass, { cards: [{ type: "markdown", content: "Hello" }] });
    expect(sections[1]).toEqual([{ type: "markdown", content: "Hello" }]);
  });

  it("says what to do where there is no car, in the language of the person", async () => {
    const { hass } = house(car("on_track"));
    hass.entities = {};
    hass.locale = { language: "pl" };
    const [[card]] = (await generate(hass)) as [[Record<string, unknown>]];
    expect(card["content"]).toContain("Nie ma jeszcze samochodu");
  });
});
