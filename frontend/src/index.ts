/** Registers the cards with the browser, and with Home Assistant's card picker. */

import { TeslaScoutAccountCard } from "./account-card";
import { TeslaScoutCard, suggestion } from "./car-card";
import { ScoutDay } from "./day-target";
import { translate } from "./i18n";
import { ScoutSpecial } from "./special";
import { TeslaScoutStrategy } from "./strategy";
import { ScoutStrip } from "./strip";
import { ScoutVacation } from "./vacation";

const ELEMENTS: Record<string, CustomElementConstructor> = {
  "tesla-scout-strip": ScoutStrip,
  "tesla-scout-special": ScoutSpecial,
  "tesla-scout-day": ScoutDay,
  "tesla-scout-vacation": ScoutVacation,
  "tesla-scout-card": TeslaScoutCard,
  "tesla-scout-account-card": TeslaScoutAccountCard,
  "ll-strategy-dashboard-tesla-scout": TeslaScoutStrategy,
};

/**
 * Home Assistant replaces the browser's registry of elements while it starts. What was defined
 * before does not exist for its dashboards, so the elements wait for its own.
 */
async function defineElements(): Promise<void> {
  if (document.readyState === "loading") {
    await new Promise((resolve) =>
      document.addEventListener("DOMContentLoaded", resolve, { once: true }),
    );
  }
  if (document.querySelector("home-assistant")) {
    await customElements.whenDefined("home-assistant");
  }
  // A page that is open during an update has the former elements, which cannot be replaced.
  for (const [name, element] of Object.entries(ELEMENTS)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}

void defineElements();

interface PickerEntry {
  type: string;
  [more: string]: unknown;
}

const page = window as unknown as {
  customCards?: PickerEntry[];
  customStrategies?: PickerEntry[];
};
const language = document.documentElement.lang || navigator.language || "en";
const documentationURL =
  "https://github.com/tesla-scout-worker/tesla-scout-worker/blob/main/docs/card.md";

page.customCards ??= [];
for (const entry of [
  {
    type: "tesla-scout-card",
    name: translate(language, "card_name"),
    description: translate(language, "card_description"),
    getEntitySuggestion: suggestion,
  },
  {
    type: "tesla-scout-account-card",
    name: translate(language, "account_card_name"),
    description: translate(language, "account_card_description"),
  },
]) {
  if (!page.customCards.some(({ type }) => type === entry.type)) {
    page.customCards.push({ ...entry, preview: true, documentationURL });
  }
}

// Shown under "New dashboard".
page.customStrategies ??= [];
if (!page.customStrategies.some(({ type }) => type === "tesla-scout")) {
  page.customStrategies.push({
    type: "tesla-scout",
    strategyType: "dashboard",
    name: "Tesla Scout",
    description: translate(language, "strategy_description"),
    documentationURL,
  });
}
