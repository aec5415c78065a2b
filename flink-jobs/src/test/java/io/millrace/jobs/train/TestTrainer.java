package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** A trainer whose requests a test answers, on the test's own thread. */
final class TestTrainer implements AutoCloseable {

    private static final String PIPELINE = "test";

    private final OneInputStreamOperatorTestHarness<Example, ShardRequest> harness;

    /**
     * @param checkpoint null to begin anew
     */
    TestTrainer(
            ModelSpec spec,
            TrainerSettings settings,
            ShardAssignment assignment,
            @Nullable OperatorSubtaskState checkpoint)
            throws Exception {
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new TrainerFactory(PIPELINE, spec, settings, assignment)) {
                    /** A death: the harness would finish, and no shard answers. */
                    @Override
                    public void close() throws Exception {
                        getOperator().close();
                    }
                };
        harness.setup(new ShardRequestSerializer());
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
    }

    void example(Example example) throws Exception {
        harness.processElement(example, example.eventTime());
    }

    void watermark(long time) throws Exception {
        harness.processWatermark(new Watermark(time));
    }

    OperatorSubtaskState checkpoint(long id) throws Exception {
        harness.prepareSnapshotPreBarrier(id);
        return harness.snapshot(id, id);
    }

    void finish() throws Exception {
        harness.getOneInputOperator().finish();
    }

    /** All that it has sent since the last call, requests and watermarks, in order. */
    List<Object> sent() {
        List<Object> sent = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            sent.add(element instanceof StreamRecord<?> record ? record.getValue() : element);
        }
        harness.getOutput().clear();
        return sent;
    }

    /** Leaves an answer in its mailbox. */
    void deliver(ShardReply reply) {
        assertThat(
                        ReplyExchange.deliver(
                                TaskAddress.in(
                                        harness.getEnvironment(),
                                        PIPELINE,
                                        reply.trainer().subtask()),
                                reply))
                .isTrue();
    }

    /** Leaves a mail in its mailbox. */
    void mail(ThrowingRunnable<Exception> mail) {
        harness.getTaskMailbox().put(new Mail(mail, TaskMailbox.MAX_PRIORITY, "test"));
    }

    /** Runs mails until there are none. */
    void runMails() throws Exception {
        Optional<Mail> mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        while (mail.isPresent()) {
            mail.get().run();
            mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        }
    }

    /** With a prediction for each sync. */
    List<BatchOutcome> outcomes() {
        return side(Trainer.OUTCOMES);
    }

    /** With the predictions that come with learning. */
    List<BatchOutcome> learned() {
        return side(Trainer.LEARNED);
    }

    private List<BatchOutcome> side(OutputTag<BatchOutcome> tag) {
        Queue<StreamRecord<BatchOutcome>> records = harness.getSideOutput(tag);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
