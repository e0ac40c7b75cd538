import { defineConfig } from "vitest/config";

export default defineConfig({ test: { projects: ["web/kit", "web/admin", "web/receiver", "apps/*/portal"] } });
