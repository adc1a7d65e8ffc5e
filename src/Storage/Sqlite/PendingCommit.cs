namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// A caller's wish on its way through the writer. Either the writer starts it or the caller withdraws it, whoever comes first;
/// from then on only the writer answers.
/// </summary>
internal sealed class PendingCommit(Transaction? transaction, long? compactTo)
{
    private readonly TaskCompletionSource<CommitResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommitResult? _result;
    private int _taken;

    public Transaction? Transaction { get; } = transaction;

    public long? CompactTo { get; } = compactTo;

    public bool TryStart() => Interlocked.Exchange(ref _taken, 1) == 0;

    public void Judge(CommitResult result) => _result = result;

    public void Answer() => _answer.SetResult(_result ?? throw new InvalidOperationException("Answered before it was judged."));

    public void Fail(Exception reason) => _answer.SetException(reason);

    public async Task<CommitResult> WaitAsync(CancellationToken stop)
    {
        var withdraw = stop.UnsafeRegister(
            (self, token) =>
            {
                var pending = (PendingCommit)self!;
                if (pending.TryStart())
                {
                    pending._answer.SetCanceled(token);
                }
            },
            this);
        await using (withdraw.ConfigureAwait(false))
        {
            return await _answer.Task.ConfigureAwait(false);
        }
    }
}
