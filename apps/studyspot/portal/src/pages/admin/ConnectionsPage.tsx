export { ConnectionsPage } from "@millstream/kit/shell";
