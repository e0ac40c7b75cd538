/**
 * Amounts as StudySpot writes them: whole as a rule, `₹40`.
 */
import { price as priceOf, shortMoney } from "@millstream/kit/ui";

export const money = shortMoney;

export function price(amount: number, currency: string): string {
  return priceOf(amount, currency, money);
}
