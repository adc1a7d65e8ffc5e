using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

public sealed partial class ObjectService
{
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";
    private const int LongestName = 63;
    private const int SuffixLength = 5;

    /// <summary>
    /// Creates an object that must not be there yet. A Conflict carries the object that has the name; without one, the conflict is about
    /// the number that was asked for.
    /// </summary>
    public async ValueTask<WriteOutcome> CreateAsync(ResourceType type, Resource sent, CancellationToken stop)
    {
        if (!string.IsNullOrEmpty(sent.Metadata.ResourceVersion))
        {
            return WriteOutcome.Invalid([FieldError.Forbidden("metadata.resourceVersion", "must not be set on objects to be created")]);
        }

        while (true)
        {
            var uid = newUid();
            var generated = sent.Metadata is { Name: "", GenerateName: { Length: > 0 } };
            var named = generated ? WithGeneratedName(sent, uid) : sent;
            var admitted = Admission.Create(type, named, uid, Now());
            if (admitted.Object is not { } admissible)
            {
                return WriteOutcome.Invalid(admitted.Errors);
            }

            var outcome = await CreateAdmittedAsync(type, admissible, stop);
            if (!generated || outcome is not { Result: WriteResult.Conflict, Object: not null })
            {
                return outcome;
            }
        }
    }

    private async ValueTask<WriteOutcome> CreateAdmittedAsync(ResourceType type, Resource admitted, CancellationToken stop)
    {
        var key = type.Key(admitted.Metadata);
        var wanted = Admission.RequestedId(type, admitted.Metadata).Id;
        var former = 0L;
        for (var attempt = 1; ; attempt++)
        {
            if (await store.GetAsync(key, stop) is { } taken)
            {
                return AlreadyExists(type, Decode(type, taken));
            }

            var id = type.Numbered ? wanted ?? await _numbers.NextAsync(type, stop) : 0;
            var numbered = admitted.WithNewStatus(id);
            var create = Operation.Create(key, type.Encode(numbered));
            var result = await store.CommitAsync(
                type.Numbered ? new(create, NumberRegistry.Reserve(type, id, numbered.Metadata, former)) : new(create),
                stop);
            switch (result)
            {
                case CommitResult.Committed committed:
                    Log.Created(log, type.Kind, numbered.Metadata.FullName, numbered.BaseStatus?.Id);
                    return WriteOutcome.Done(WriteResult.Created, Stamp(numbered, committed.Revision));
                case CommitResult.Conflict { Current: { } reserved } conflict when conflict.Key != key && wanted is not null && NumberRegistry.IsOf(reserved, admitted.Metadata):
                    former = reserved.Revision; // the same thing again, as when a flavor is taken out of its file and put back
                    break;
                case CommitResult.Conflict conflict when conflict.Key != key && wanted is not null:
                    return WriteOutcome.Conflict($"{type.QualifiedPlural} \"{admitted.Metadata.Name}\" asks for the id {id}, which is taken", null);
                case CommitResult.Conflict conflict when conflict.Key != key && attempt % 8 == 0:
                    await _numbers.LoadAsync(type, stop); // another replica is far ahead
                    break;
            }
        }
    }

    private static WriteOutcome AlreadyExists(ResourceType type, Resource there) =>
        WriteOutcome.Conflict($"{type.QualifiedPlural} \"{there.Metadata.Name}\" already exists", there);

    private static Resource WithGeneratedName(Resource sent, Guid uid)
    {
        var prefix = sent.Metadata.GenerateName!;
        var suffix = string.Concat(uid.ToByteArray().TakeLast(SuffixLength).Select(octet => NameLetters[octet % NameLetters.Length]));
        return sent with { Metadata = sent.Metadata with { Name = prefix[..Math.Min(prefix.Length, LongestName - SuffixLength)] + suffix } };
    }
}
