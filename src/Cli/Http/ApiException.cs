namespace Orchestrator.Cli.Http;

/// <summary>What was asked of the server was not done; the message says why in words for people.</summary>
/// <param name="causes">What is wrong with single fields, one line each.</param>
/// <param name="notFound">The object is not there, and the server is sure of it.</param>
/// <param name="noAnswer">The server did not answer, so that asking again may help.</param>
internal sealed class ApiException(string message, IReadOnlyList<string>? causes = null, bool notFound = false, bool noAnswer = false) : Exception(message)
{
    public IReadOnlyList<string> Causes => causes ?? [];

    public bool NotFound => notFound;

    public bool NoAnswer => noAnswer;
}
