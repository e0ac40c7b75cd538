import { NotFoundPage as NothingHere } from "@millstream/kit/shell";

export function NotFoundPage() {
  return <NothingHere home={{ link: { to: "/" }, label: "See who offers appointments" }} />;
}
