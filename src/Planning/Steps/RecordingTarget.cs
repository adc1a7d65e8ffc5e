namespace Orchestrator.Planning;

/// <summary>A target that writes down what it is asked and does nothing: dry-run.</summary>
public sealed class RecordingTarget : IStepTarget
{
    private readonly List<Step> _steps = [];

    public IReadOnlyList<Step> Steps => _steps;

    public ValueTask ApplyAsync(PrepareStorage step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(UploadImage step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(CreateDisk step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(GrowDisk step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(RemoveDisk step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(DefineDomain step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(UndefineDomain step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(StartDomain step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(ResumeDomain step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(RequestShutdown step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(DestroyDomain step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(SetVcpus step, CancellationToken stop) => Record(step);

    public ValueTask ApplyAsync(SetMemory step, CancellationToken stop) => Record(step);

    private ValueTask Record(Step step)
    {
        _steps.Add(step);
        return ValueTask.CompletedTask;
    }
}
