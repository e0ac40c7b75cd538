export { BOOKING_STATES, BookingBadge } from "./BookingBadge";
export { CancelDialog, type CancelDialogProps } from "./CancelDialog";
export { type CancellationTerms, sayTerms } from "./cancellation";
export { amountColumn, dayFilter, numberColumn, sideOfToday, stateColumn, stateFilter } from "./columns";
export { LinkItem, LinkList } from "./LinkList";
export { money, price, type SayMoney, shortMoney } from "./money";
export { PriceLines } from "./PriceLines";
export { type QuoteLine, quoteLines } from "./quoteLines";
export { whenFact } from "./whenFact";
