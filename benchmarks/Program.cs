using Orchestrator.Benchmarks;

// dotnet run -c Release --project benchmarks -- NAME [ARGUMENT...]
var benchmarks = new Dictionary<string, Func<string[], Task>>(StringComparer.Ordinal)
{
    ["create-real"] = CreateRealBenchmark.RunAsync,
    ["create-test"] = CreateTestBenchmark.RunAsync,
    ["create-phases"] = PhasesBenchmark.RunAsync,
    ["thousand"] = ThousandBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["sweep"] = SweepBenchmark.RunAsync,
    ["repair"] = RepairBenchmark.RunAsync,
    ["storage"] = StorageBenchmark.RunAsync,
    ["storage-open"] = StorageBenchmark.OpenAsync,
};
if (args is not [var name, .. var rest] || !benchmarks.TryGetValue(name, out var run))
{
    await Console.Error.WriteLineAsync($"Which benchmark? {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

await run(rest);
return 0;
