import { defineConfig } from "vitest/config";

// One file without imports: Home Assistant loads it as a module, from the integration's folder.
export default defineConfig({
  build: {
    target: "es2022",
    outDir: "../custom_components/tesla_scout_worker/frontend",
    emptyOutDir: false,
    lib: {
      entry: "src/index.ts",
      formats: ["es"],
      fileName: () => "tesla-scout-card.js",
    },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
