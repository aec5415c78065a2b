package io.millrace.jobs.cli;

import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.movielens.MovieLensException;
import io.millrace.model.config.ConfigException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How a command answers when something is wrong: one sentence and an exit code, never a stack
 * trace. Mistakes of the user are 2, all else is 1 and in the log.
 */
final class Answers implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final String LOG_FILE = "millrace.log.file";

    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(name(command) + ": " + mistake.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(mistake, err);
        err.println("Try \"" + name(command) + " --help\".");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(
            Exception problem, CommandLine command, ParseResult arguments) {
        boolean usersMistake =
                problem instanceof UsageException
                        || problem instanceof ConfigException
                        || problem instanceof HistoryException
                        || problem instanceof MovieLensException;
        if (usersMistake || problem instanceof FailedException) {
            say(command, Causes.sentence(problem));
            return usersMistake ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        }
        return failed(problem, command);
    }

    /** Answers a failure that nobody foresaw. */
    static int failed(Throwable problem, CommandLine command) {
        LOG.error("{} failed", name(command), problem);
        say(command, Causes.sentence(problem) + whereTheLogIs());
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void say(CommandLine command, String sentence) {
        command.getErr().println(name(command) + ": " + sentence);
        command.getErr().flush();
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String whereTheLogIs() {
        String file = System.getProperty(LOG_FILE);
        return file == null ? "" : " (more in " + file + ")";
    }
}
