package io.millrace.jobs.train;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link Trainer}s, giving each its task's mailbox. */
final class TrainerFactory extends AbstractStreamOperatorFactory<ShardRequest>
        implements OneInputStreamOperatorFactory<Example, ShardRequest> {

    private static final long serialVersionUID = 1L;

    private final String pipeline;
    private final ModelSpec spec;
    private final TrainerSettings settings;
    private final ShardAssignment assignment;

    TrainerFactory(
            String pipeline, ModelSpec spec, TrainerSettings settings, ShardAssignment assignment) {
        this.pipeline = pipeline;
        this.spec = spec;
        this.settings = settings;
        this.assignment = assignment;
        setChainingStrategy(ChainingStrategy.NEVER);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Flink declares it
    public <T extends StreamOperator<ShardRequest>> T createStreamOperator(
            StreamOperatorParameters<ShardRequest> parameters) {
        return (T)
                new Trainer(
                        parameters,
                        parameters.getMailboxExecutor(),
                        pipeline,
                        spec,
                        settings,
                        assignment);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return Trainer.class;
    }
}
