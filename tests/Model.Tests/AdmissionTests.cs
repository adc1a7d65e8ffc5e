using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Model.Tests;

public class AdmissionTests
{
    private static readonly ResourceType _type = ResourceTypes.VirtualMachines;
    private static readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private static readonly Gen<ObjectMeta> _metadata =
        from labels in Gen.Elements(StringMap.Empty, StringMap.Empty.With("app", "web"))
        from annotations in Gen.Elements(StringMap.Empty, StringMap.Empty.With("note", "x"))
        from finalizers in Gen.Elements<EquatableArray<string>>([], ["example.com/mine"], [VirtualMachine.Finalizer], [VirtualMachine.Finalizer, "example.com/mine"])
        select new ObjectMeta { Name = "web", Namespace = "default", Labels = labels, Annotations = annotations, Finalizers = finalizers };

    /// <summary>A VM as a user may send it, with claims to all that is not the user's.</summary>
    private static readonly Gen<VirtualMachine> _sent =
        from metadata in _metadata
        from cpu in Gen.Choose(1, 3)
        from strategy in Gen.Elements(RunStrategy.Always, RunStrategy.Halted)
        from status in Generated.VmStatus
        from generation in Gen.Choose(0, 99)
        select new VirtualMachine
        {
            ApiVersion = "other/v9",
            Kind = "Other",
            Metadata = metadata with { Generation = generation, CreationTimestamp = DateTimeOffset.UnixEpoch, DeletionTimestamp = DateTimeOffset.UnixEpoch, DeletionGracePeriodSeconds = 9, GenerateName = "web-", ResourceVersion = "77" },
            Spec = new() { InstanceType = "small", Cpu = cpu, RunStrategy = strategy },
            Status = status,
        };

    private static readonly Gen<VirtualMachine> _stored =
        from sent in _sent
        from status in Generated.VmStatus
        from deleting in Gen.Elements(true, false)
        from generation in Gen.Choose(1, 5)
        let created = Created(sent)
        select created with
        {
            Status = status with { Id = 5 },
            Metadata = created.Metadata with { Generation = generation, ResourceVersion = "12", DeletionTimestamp = deleting ? _now : null, DeletionGracePeriodSeconds = deleting ? 30 : null },
        };

    [Fact]
    public void Creating_gives_what_is_not_the_users_and_keeps_what_is() => Prop.ForAll(_sent.ToArbitrary(), sent =>
    {
        var uid = Guid.NewGuid();
        var created = (VirtualMachine)Admission.Create(_type, sent with { Metadata = sent.Metadata with { Uid = Guid.NewGuid() } }, uid, _now).Object!;
        Assert.Equal(("orchestrator.vm/v1", "VirtualMachine"), (created.ApiVersion, created.Kind));
        Assert.Equal(
            new ObjectMeta
            {
                Name = "web",
                Namespace = "default",
                Uid = uid,
                Generation = 1,
                CreationTimestamp = _now,
                Labels = sent.Metadata.Labels,
                Annotations = sent.Metadata.Annotations,
                Finalizers = created.Metadata.Finalizers,
            },
            created.Metadata);
        Assert.Equal(sent.Metadata.Finalizers.Append(VirtualMachine.Finalizer).ToHashSet(StringComparer.Ordinal), created.Metadata.Finalizers.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(created.Metadata.Finalizers.Count, created.Metadata.Finalizers.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(sent.Spec, created.Spec);
        Assert.Equal(new VirtualMachineStatus(), created.Status);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Updating_keeps_what_is_not_the_users_and_takes_what_is() => Pairs((stored, sent) =>
    {
        var updated = (VirtualMachine)Admission.Update(_type, stored, sent).Object!;
        Assert.Equal((stored.ApiVersion, stored.Kind, stored.Status), (updated.ApiVersion, updated.Kind, updated.Status));
        Assert.Equal((sent.Spec, sent.Metadata.Labels, sent.Metadata.Annotations), (updated.Spec, updated.Metadata.Labels, updated.Metadata.Annotations));
        Assert.Equal(
            stored.Metadata,
            updated.Metadata with { Labels = stored.Metadata.Labels, Annotations = stored.Metadata.Annotations, Finalizers = stored.Metadata.Finalizers, Generation = stored.Metadata.Generation });
    });

    [Fact]
    public void The_generation_moves_exactly_when_the_spec_changes() => Pairs((stored, sent) => Assert.Equal(
        stored.Metadata.Generation + (stored.Spec == sent.Spec ? 0 : 1),
        Admission.Update(_type, stored, sent).Object!.Metadata.Generation));

    [Fact]
    public void The_same_again_is_the_very_same_object() => Pairs((stored, sent) =>
    {
        Assert.Same(stored, Admission.Update(_type, stored, stored).Object);
        var once = Admission.Update(_type, stored, sent).Object!;
        Assert.Same(once, Admission.Update(_type, once, sent).Object);
    });

    [Fact]
    public void A_quantity_spelled_otherwise_is_no_change()
    {
        var stored = Created(new() { Metadata = new() { Name = "a", Namespace = "default" }, Spec = new() { InstanceType = "s", Memory = Quantity.Parse("1Gi") } });
        Assert.Same(stored, Admission.Update(_type, stored, stored with { Spec = stored.Spec with { Memory = Quantity.Parse("1024Mi") } }).Object);
    }

    [Fact]
    public void The_kinds_own_finalizer_goes_only_while_deleting() => Pairs((stored, sent) =>
    {
        var left = Admission.Update(_type, stored, sent with { Metadata = sent.Metadata with { Finalizers = [] } }).Object!.Metadata.Finalizers;
        Assert.Equal(stored.Metadata.Deleting ? [] : (EquatableArray<string>)[VirtualMachine.Finalizer], left);
    });

    [Fact]
    public void Updating_refuses_what_cannot_change()
    {
        var stored = Created(new() { Metadata = new() { Name = "a", Namespace = "default" }, Spec = new() { InstanceType = "s", Image = "x" } });
        Assert.Equal("metadata.uid", Fields(Admission.Update(_type, stored, stored with { Metadata = stored.Metadata with { Uid = Guid.NewGuid() } })));
        Assert.Equal("spec.image", Fields(Admission.Update(_type, stored, stored with { Spec = stored.Spec with { Image = "y" } })));
        Assert.Equal("", Fields(Admission.Update(_type, stored, stored with { Metadata = stored.Metadata with { Uid = null } })));
        var deleting = (VirtualMachine)Admission.Delete(stored, _now, null)!;
        Assert.Equal("metadata.finalizers", Fields(Admission.Update(_type, deleting, deleting with { Metadata = deleting.Metadata with { Finalizers = [VirtualMachine.Finalizer, "late"] } })));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var sent = new VirtualMachine { Metadata = new() { Name = "a b", Labels = StringMap.Empty.With("a b", "c d") }, Spec = new() { Cpu = 0 } };
        Assert.Equal(
            "metadata.labels metadata.labels[a b] metadata.name metadata.namespace spec.cpu spec.disk spec.memory",
            string.Join(' ', Admission.Create(_type, sent, Guid.NewGuid(), _now).Errors.Select(error => error.Field).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("7", 7, "")]
    [InlineData("0", null, "must be a positive number")]
    [InlineData("-1", null, "must be a positive number")]
    [InlineData("07", 7, "")]
    [InlineData(" 7", null, "must be a positive number")]
    [InlineData("99999999999", null, "must be a positive number")]
    [InlineData("x", null, "must be a positive number")]
    public void An_id_may_be_asked_for(string text, int? id, string error)
    {
        ObjectMeta metadata = new() { Name = "a", Annotations = StringMap.Empty.With(Admission.IdAnnotation, text) };
        var (wanted, errors) = Admission.RequestedId(_type, metadata);
        Assert.Equal(id, wanted);
        Assert.Equal(error.Length > 0, errors.Any(wrong => wrong.Message.Contains(error, StringComparison.Ordinal)));
        Assert.Equal((null, []), Admission.RequestedId(ResourceTypes.Events, metadata));
    }

    [Fact]
    public void An_id_cannot_be_changed()
    {
        var stored = Created(new() { Metadata = new() { Name = "a", Namespace = "default" }, Spec = new() { InstanceType = "s" } });
        stored = stored with { Status = stored.Status with { Id = 7 } };
        Assert.Equal("", Fields(Admission.Update(_type, stored, Asking("7"))));
        Assert.Equal("metadata.annotations[orchestrator.vm/id]", Fields(Admission.Update(_type, stored, Asking("8"))));
        Assert.Equal("metadata.annotations[orchestrator.vm/id]", Fields(Admission.Update(_type, stored, Asking("x"))));

        Resource Asking(string id) => stored with { Metadata = stored.Metadata with { Annotations = StringMap.Empty.With(Admission.IdAnnotation, id) } };
    }

    [Fact]
    public void Deleting_marks_what_has_finalizers_and_frees_the_rest() => Pairs((stored, _) =>
    {
        Assert.Null(Admission.Delete(stored with { Metadata = stored.Metadata with { Finalizers = [] } }, _now, 5));
        var deleted = (VirtualMachine)Admission.Delete(stored, _now.AddHours(1), 5)!;
        Assert.Equal(stored.Metadata.DeletionTimestamp ?? _now.AddHours(1), deleted.Metadata.DeletionTimestamp);
        Assert.Equal(5, deleted.Metadata.DeletionGracePeriodSeconds);
        Assert.Equal((stored.Spec, stored.Status, stored.Metadata.Finalizers), (deleted.Spec, deleted.Status, deleted.Metadata.Finalizers));
        Assert.Equal(stored.Metadata.Generation + (stored.Metadata.Deleting ? 0 : 1), deleted.Metadata.Generation);
        Assert.Equal(deleted, Admission.Delete(deleted, _now.AddHours(2), 5));
        Assert.Equal(deleted, Admission.Delete(deleted, _now.AddHours(2), null));
    });

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 5L, 5L)]
    [InlineData(30L, null, 30L)]
    [InlineData(30L, 5L, 5L)]
    [InlineData(5L, 30L, 5L)]
    [InlineData(30L, 0L, 0L)]
    public void The_grace_only_gets_shorter(long? before, long? wanted, long? then)
    {
        var stored = Created(new() { Metadata = new() { Name = "a", Namespace = "default" }, Spec = new() { InstanceType = "s" } });
        stored = stored with { Metadata = stored.Metadata with { DeletionTimestamp = _now, DeletionGracePeriodSeconds = before } };
        Assert.Equal(then, Admission.Delete(stored, _now, wanted)!.Metadata.DeletionGracePeriodSeconds);
    }

    /// <summary>A stored VM and what a user sends for it, without a new finalizer where that is forbidden.</summary>
    private static void Pairs(Action<VirtualMachine, VirtualMachine> law) => Prop.ForAll(
        (from stored in _stored from sent in _sent select (stored, sent)).ToArbitrary(),
        pair => law(pair.stored, pair.stored.Metadata.Deleting
            ? pair.sent with { Metadata = pair.sent.Metadata with { Finalizers = [.. pair.sent.Metadata.Finalizers.Intersect(pair.stored.Metadata.Finalizers, StringComparer.Ordinal)] } }
            : pair.sent)).QuickCheckThrowOnFailure();

    private static VirtualMachine Created(VirtualMachine sent) => (VirtualMachine)Admission.Create(_type, sent, new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), _now).Object!;

    private static string Fields(Admitted admitted) => string.Join(' ', admitted.Errors.Select(error => error.Field));
}
