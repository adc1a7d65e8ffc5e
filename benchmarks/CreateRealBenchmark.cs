using Orchestrator.Benchmarks.Support;

namespace Orchestrator.Benchmarks;

/// <summary>Create until running of real QEMU domains on a test bed host over ssh, beside plain libvirt calls.</summary>
internal static class CreateRealBenchmark
{
    public static Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        return CreateRounds.RunAsync($"{Arguments.Bed}1", "qemu", "system", options.Number("rounds", 20), withDisk: true, target: 30);
    }
}
