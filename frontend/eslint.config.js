import tseslint from "typescript-eslint";
import lit from "eslint-plugin-lit";

export default tseslint.config(
  { ignores: ["node_modules", "harness"] },
  ...tseslint.configs.recommended,
  lit.configs["flat/recommended"],
  { rules: { eqeqeq: "error", "no-console": "error" } },
);
