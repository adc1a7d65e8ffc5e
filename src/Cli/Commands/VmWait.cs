using System.Text.Json;
using Orchestrator.Cli.Http;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary>Follows a VM until it is as wished, telling beside the output what it is waiting for. Survives a restart of the server.</summary>
internal sealed class VmWait(Session session, VirtualMachine vm, TimeSpan patience)
{
    private static readonly TimeSpan _beforeAskingAgain = TimeSpan.FromSeconds(1);
    private string _told = "";

    /// <summary>It runs. One that failed, or is being deleted, will not by itself.</summary>
    public static bool Runs(VirtualMachine now) => now switch
    {
        { Metadata.Deleting: true } => throw new ApiException($"VM {now.Metadata.FullName} is being deleted"),
        { Status.Phase: VmPhase.Failed } => throw new ApiException($"VM {now.Metadata.FullName} failed: {Why(now)}"),
        _ => now.Status.Phase is VmPhase.Running,
    };

    /// <returns>The VM as wished; null when it is gone.</returns>
    /// <exception cref="ApiException">The time is up, or <paramref name="wished"/> says that it is hopeless.</exception>
    public async Task<JsonElement?> UntilAsync(Func<VirtualMachine, bool> wished)
    {
        using var timeUp = new CancellationTokenSource(patience, session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, session.Stop);
        try
        {
            while (true)
            {
                try
                {
                    if (await FollowAsync(wished, either.Token) is (true, var found))
                    {
                        return found;
                    }
                }
                catch (ApiException lost) when (lost.NoAnswer)
                {
                    Tell(lost.Message);
                }

                await Task.Delay(_beforeAskingAgain, session.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (timeUp.IsCancellationRequested && !session.Stop.IsCancellationRequested)
        {
            throw new ApiException($"VM {vm.Metadata.FullName}: gave up waiting after {patience.TotalSeconds:0} s{(_told.Length == 0 ? "" : $"; last seen: {_told}")}");
        }
    }

    /// <summary>One look and the watch from there on; not done when the server ended the watch.</summary>
    private async Task<(bool Done, JsonElement? Found)> FollowAsync(Func<VirtualMachine, bool> wished, CancellationToken stop)
    {
        JsonElement json;
        try
        {
            json = await session.Api.GetAsync(ApiPath.Of(ResourceTypes.VirtualMachines, vm.Metadata.Namespace, vm.Metadata.Name), stop);
        }
        catch (ApiException gone) when (gone.NotFound)
        {
            return (true, null);
        }

        var now = ApiClient.Read(ResourceTypes.VirtualMachines, json);
        if (IsOver(now, wished) is { } over)
        {
            return (true, over ? json : null);
        }

        var watch = $"{ApiPath.Of(ResourceTypes.VirtualMachines, vm.Metadata.Namespace)}?watch=1&fieldSelector=metadata.name%3D{vm.Metadata.Name}&resourceVersion={now.Metadata.ResourceVersion}";
        await foreach (var line in session.Api.WatchAsync(watch, stop))
        {
            var type = line.GetProperty("type").GetString();
            if (type is "DELETED")
            {
                return (true, null);
            }

            if (type is "ERROR")
            {
                break;
            }

            json = line.GetProperty("object");
            if (IsOver(ApiClient.Read(ResourceTypes.VirtualMachines, json), wished) is { } end)
            {
                return (true, end ? json : null);
            }
        }

        return (false, null);
    }

    /// <summary>True: as wished. False: it is gone, another one has its name. Null: not yet.</summary>
    private bool? IsOver(VirtualMachine now, Func<VirtualMachine, bool> wished)
    {
        if (now.Metadata.Uid != vm.Metadata.Uid)
        {
            return false;
        }

        if (wished(now))
        {
            return true;
        }

        Tell($"{now.Status.Phase}: {Why(now)}");
        return null;
    }

    private static string Why(VirtualMachine now) => now.Status.Condition("Ready") is { Message: { Length: > 0 } message } ? message : "not looked at yet";

    private void Tell(string text)
    {
        if (text != _told)
        {
            session.Screen.Note(text);
            _told = text;
        }
    }
}
