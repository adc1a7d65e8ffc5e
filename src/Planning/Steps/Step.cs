namespace Orchestrator.Planning;

/// <summary>
/// One change to the outside world, as data: printable, comparable, and repeatable. Performing it twice is the same as once,
/// and none needs another's result.
/// </summary>
/// <param name="Host">Name of the PM it happens on.</param>
public abstract record Step(string Host)
{
    /// <summary>One line for plans, logs and Events: a sign (<c>+ ~ - > !</c>), what, and from what to what.</summary>
    public abstract string Describe();

    /// <summary>The CamelCase reason under which an Event tells that it was done.</summary>
    public abstract string Reason { get; }

    public abstract ValueTask ApplyAsync(IStepTarget target, CancellationToken stop);
}

/// <summary>
/// Everything that can change the outside world. Each method is safe to repeat, and re-checks ownership and identity just before
/// it destroys anything.
/// </summary>
/// <remarks>Throws <see cref="StepException"/> when the world refuses; anything else is a broken connection and says nothing about the outcome.</remarks>
public interface IStepTarget
{
    ValueTask ApplyAsync(PrepareStorage step, CancellationToken stop);

    ValueTask ApplyAsync(UploadImage step, CancellationToken stop);

    ValueTask ApplyAsync(CreateDisk step, CancellationToken stop);

    ValueTask ApplyAsync(GrowDisk step, CancellationToken stop);

    ValueTask ApplyAsync(RemoveDisk step, CancellationToken stop);

    ValueTask ApplyAsync(DefineDomain step, CancellationToken stop);

    ValueTask ApplyAsync(UndefineDomain step, CancellationToken stop);

    ValueTask ApplyAsync(StartDomain step, CancellationToken stop);

    ValueTask ApplyAsync(ResumeDomain step, CancellationToken stop);

    ValueTask ApplyAsync(RequestShutdown step, CancellationToken stop);

    ValueTask ApplyAsync(DestroyDomain step, CancellationToken stop);

    ValueTask ApplyAsync(SetVcpus step, CancellationToken stop);

    ValueTask ApplyAsync(SetMemory step, CancellationToken stop);
}

/// <summary>The host looked, and would not: the step was not done, and the connection still works.</summary>
public sealed class StepException(string message, Exception? inner = null) : Exception(message, inner);
