package io.millrace.jobs.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace bench}. */
@Command(
        name = "bench",
        description = "Measures how fast this machine trains and scores, beside bare loops.",
        subcommands = {
            BenchTrainCommand.class,
            BenchRowsCommand.class,
            BenchScoreCommand.class,
            BenchFreshnessCommand.class,
            BenchBacktestCommand.class
        },
        footerHeading = "%nExample:%n",
        footer = "  millrace bench train --models dcn-v2 --json result.json")
final class BenchCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "bench what? " + spec.subcommands().keySet());
    }
}
