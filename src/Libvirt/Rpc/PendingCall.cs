using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

/// <summary>A call from its queueing to its reply. Completed exactly once.</summary>
internal abstract class PendingCall(Procedure procedure, Memory<byte> frame)
{
    public Procedure Procedure => procedure;

    /// <summary>Header room and arguments; given up once sent.</summary>
    public Memory<byte> Frame { get; set; } = frame;

    /// <summary>Set when sent.</summary>
    public uint Serial { get; set; }

    /// <summary>The stream this call opens, if it opens one.</summary>
    public RpcStream? Stream { get; init; }

    /// <summary>Nobody waits any more; the slot stays taken until the reply comes.</summary>
    public bool Abandoned { get; set; }

    /// <summary>Its place while it waits for a slot.</summary>
    public LinkedListNode<PendingCall>? Waiting { get; set; }

    /// <exception cref="XdrException">The payload does not fit the procedure.</exception>
    public abstract void Complete(ref XdrReader reader);

    public abstract void Fail(Exception reason);
}

internal sealed class PendingCall<T>(Procedure procedure, Memory<byte> frame, Decode<T> decode) : PendingCall(procedure, frame)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Result => _result.Task;

    public override void Complete(ref XdrReader reader) => _result.TrySetResult(decode(ref reader));

    public override void Fail(Exception reason)
    {
        _result.TrySetException(reason);
        _ = _result.Task.Exception; // observed: an abandoned call has no other reader
    }
}
