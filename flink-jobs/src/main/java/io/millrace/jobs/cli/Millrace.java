package io.millrace.jobs.cli;

import java.time.Duration;
import java.time.Instant;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace}. */
@Command(
        name = "millrace",
        description = "Learns from event streams while it serves: train, publish, score.",
        versionProvider = Millrace.Release.class,
        subcommands = {
            DemoCommand.class,
            SimulateCommand.class,
            ReplayCommand.class,
            InspectCommand.class,
            LabelCommand.class,
            TrainCommand.class,
            FitCommand.class,
            BacktestCommand.class,
            ScoreCommand.class,
            ModelsCommand.class,
            ExplainCommand.class,
            DimensionsCommand.class,
            BenchCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace demo",
            "  millrace train --config examples/movielens.yaml --input ml-100k",
            "  millrace models list --config examples/movielens.yaml"
        })
public final class Millrace implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean version;

    public static void main(String[] arguments) {
        System.exit(execute(commandLine(), arguments));
    }

    /**
     * Runs a command; errors of the JVM, which picocli lets pass, are answered as exceptions are.
     */
    static int execute(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (LinkageError | OutOfMemoryError error) {
            return Answers.failed(error, commandLine);
        }
    }

    /** The command line; {@code execute} answers with the exit code. */
    static CommandLine commandLine() {
        Answers answers = new Answers();
        return new CommandLine(new Millrace())
                .registerConverter(Duration.class, new DurationConverter())
                .registerConverter(Instant.class, new InstantConverter())
                .registerConverter(MemorySize.class, MemorySize::parse)
                .setParameterExceptionHandler(answers)
                .setExecutionExceptionHandler(answers)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** What {@code --version} says: the jar knows its own. */
    static final class Release implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Millrace.class.getPackage().getImplementationVersion();
            return new String[] {"millrace " + (version == null ? "(development)" : version)};
        }
    }
}
