export {
  getWebhookStats,
  type MakeConfigCheck,
  type MakeEvent,
  type MakeOptions,
  type MakeResult,
  type MakeRetryResult,
  type MakeTestResult,
  sendToMakeWebhook,
  sendToMakeWebhookWithRetry,
  testMakeWebhook,
  validateMakeWebhookConfig,
  type WebhookStats,
} from "./make";
export { WebhookConsole, type WebhookConsoleProps } from "./WebhookConsole";
