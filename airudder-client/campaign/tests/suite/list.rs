//! The tests that every database must pass.

/// Hands the list to a macro that makes tests of it.
macro_rules! suite {
    ($with:ident) => {
        $with! {
            running:
                everybody_gets_an_outcome_and_the_second_run_calls_nobody,
                nobody_is_called_before_somebody_has_confirmed_it,
                a_lost_answer_is_no_second_call,
                an_address_where_nobody_answers_is_told_at_once,
                a_plan_that_the_vendor_refuses_ends_the_run_and_can_be_mended,
                rows_that_the_vendor_refuses_have_that_as_their_outcome,
                outcomes_come_by_webhook_too,
                two_runners_share_a_campaign,
                two_campaigns_of_one_ledger_do_not_mix,
                telemarketing_and_info_check_run_alike,
                an_older_ledger_is_brought_up_to_date,
                who_is_given_no_reference_has_one_that_nobody_was_given,
                a_newer_ledger_is_refused;
            merging:
                copies_strangers_and_early_messages_are_kept_and_applied_once,
                a_message_that_comes_before_its_create_is_applied_later,
                what_is_read_after_the_end_beats_what_was_said,
                a_message_that_cannot_be_read_holds_up_nothing,
                what_no_database_keeps_holds_up_nothing,
                the_window_is_over_and_who_has_no_outcome_is_told_why;
            life:
                a_stop_ends_tasks_and_sends_nothing_more,
                a_pause_sends_nothing_until_it_is_over,
                somebody_who_has_paid_is_taken_out,
                without_a_unique_name_doubt_waits_for_a_person,
                what_is_erased_is_gone_and_not_called_again,
                an_interrupted_run_is_gone_on_with,
                what_was_not_worked_on_to_its_end_is_handed_out_again,
                a_clock_that_was_turned_back_holds_up_nothing,
                a_runner_that_died_while_sending_calls_nobody_twice,
                who_comes_after_a_stop_is_not_called,
                a_pause_that_outlasts_the_window_calls_nobody_and_ends,
                nothing_that_is_said_after_an_erasure_is_kept,
                many_are_erased_at_once,
                nobody_is_erased_of_whom_the_vendor_is_still_to_be_told;
            overtaken:
                what_another_runner_took_over_is_not_taken_back_by_a_refusal,
                what_another_runner_took_over_is_not_dropped,
                a_refusal_settles_no_doubt,
                a_plan_that_is_refused_settles_no_doubt,
                who_is_taken_out_before_a_refusal_is_not_sent_again,
                what_one_runner_has_handed_out_no_other_hands_out,
                each_batch_that_a_runner_takes_has_an_owner_of_its_own;
            clock:
                a_clock_turned_forward_takes_nothing_from_a_runner_at_work,
                a_clock_turned_forward_makes_no_doubt_shorter,
                what_a_wrong_clock_gave_up_is_looked_at_again,
                clocks_that_are_apart_call_nobody_twice;
            results:
                recordings_are_fetched_once_and_mended,
                a_recording_of_somebody_who_was_erased_meanwhile_is_not_kept,
                results_are_a_file_that_spreadsheets_open;
        }
    };
}
