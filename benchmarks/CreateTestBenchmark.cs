using Orchestrator.Benchmarks.Support;

namespace Orchestrator.Benchmarks;

/// <summary>The same with libvirt's test driver, where a domain costs nothing: what is left is the way there.</summary>
internal static class CreateTestBenchmark
{
    public static Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        return CreateRounds.RunAsync($"{Arguments.Bed}1", "test", "default", options.Number("rounds", 100), withDisk: false, target: 5);
    }
}
