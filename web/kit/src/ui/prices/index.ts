export { PriceHistory } from "./PriceHistory";
export { PriceList } from "./PriceList";
export { type AmountNames, type Amounts, type Priced, sayPriceChange, type Tariff } from "./tariff";
