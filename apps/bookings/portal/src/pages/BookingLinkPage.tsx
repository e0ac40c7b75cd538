/**
 * The secret link of a confirmation: opens the booking for whoever has it, as a guest if need be.
 */
import { type RequestFailed, callOperation } from "@millstream/kit/client";
import { useProject, useSearchParams, useSession } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import type { BookingAnswer } from "../rows";
import styles from "./BookingPage.module.css";

export function BookingLinkPage() {
  const { token } = useParams({ from: "/booking/$token" });
  const { client } = useProject();
  const { ensureSession } = useSession();
  const { params } = useSearchParams();
  const opened = useQuery<BookingAnswer, RequestFailed>({
    queryKey: ["open_booking_link", token],
    staleTime: Infinity,
    queryFn: async () => {
      await ensureSession();
      return callOperation<BookingAnswer>(client, "open_booking_link", { token });
    },
  });
  // A link that was copied in part is refused for its length.
  const isUnknown = ["link_unknown", "arguments_invalid"].includes(opened.error?.code ?? "");
  // A mail leads to a step: `?cancel`, `?reschedule`. It stands in the address of the booking then.
  if (opened.data) {
    return <Navigate to="/my-bookings/$bookingId" params={{ bookingId: opened.data.id }} search={params} replace />;
  }
  return (
    <div className={styles.page}>
      {opened.isPending && <LoadingState label="Opening your booking" count={2} height={220} />}
      {isUnknown && (
        <EmptyState title="This link is not valid any more">Look for a newer mail of this booking.</EmptyState>
      )}
      {opened.error && !isUnknown && (
        <ErrorState
          title="Your booking could not be opened"
          error={opened.error}
          onRetry={() => void opened.refetch()}
        />
      )}
    </div>
  );
}
