export { keepQueries } from "./keepQueries";
export { createQueryClient, worthRetrying } from "./queryClient";
export { rowCache } from "./rowCache";
