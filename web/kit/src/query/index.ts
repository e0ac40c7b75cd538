export { keepQueries } from "./keepQueries";
export { createQueryClient, KEPT_MS, worthRetrying } from "./queryClient";
export { rowCache } from "./rowCache";
