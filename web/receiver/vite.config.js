import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "@millstream/receiver", environment: "node", include: ["test/**/*.test.ts"] },
});
