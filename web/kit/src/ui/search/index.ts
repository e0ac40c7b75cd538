export { type ListChoice, type ListSearch, matching, optionsOf } from "./search";
export { SearchedList } from "./SearchedList";
