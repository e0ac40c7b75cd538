import { NotFoundPage as NothingHere } from "@millstream/kit/shell";
import { StudentLayout } from "./StudentLayout";

export function NotFoundPage() {
  return (
    <StudentLayout>
      <NothingHere home={{ link: { to: "/" }, label: "See the libraries" }} />
    </StudentLayout>
  );
}
