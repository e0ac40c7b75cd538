export { CancelDialog, type CancelDialogProps } from "./CancelDialog";
export { type CancellationTerms, type SayMoney, sayTerms } from "./cancellation";
export { LinkItem, LinkList } from "./LinkList";
