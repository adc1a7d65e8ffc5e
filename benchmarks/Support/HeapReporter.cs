using System.Runtime.InteropServices;

/// <summary>Loaded into the measured server by the runtime (<c>DOTNET_STARTUP_HOOKS</c>, which asks for this name).</summary>
#pragma warning disable CA1050, MA0047 // the runtime looks for it outside of any namespace
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    public static void Initialize() => Orchestrator.Benchmarks.Support.HeapReporter.Start();
}

namespace Orchestrator.Benchmarks.Support
{
    /// <summary>Writes into a file, when a signal comes, how much the managed heap holds and has taken.</summary>
    internal static class HeapReporter
    {
        public const string FileVariable = "BENCH_HEAP_FILE";

        /// <summary>SIGUSR1 on Linux.</summary>
        public const int Signal = 10;

        private static PosixSignalRegistration? _registration;

        public static void Start() => _registration = PosixSignalRegistration.Create((PosixSignal)Signal, context =>
        {
            context.Cancel = true;
            var file = Environment.GetEnvironmentVariable(FileVariable)!;
            File.WriteAllText(file + ".new", FormattableString.Invariant($"{GC.GetTotalMemory(false)} {GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes}"));
            File.Move(file + ".new", file);
        });
    }
}
