using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;
using static Orchestrator.Reconciler.Tests.Specs.SpecsWorld;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>The laws of the plan: what must hold for any files and any objects.</summary>
public sealed class SpecsPlannerTests
{
    private static readonly string[] _names = ["a", "b", "c", "d"];
    private static readonly string[] _paths = ["1.yaml", "2.yaml", "3.yaml"];

    private static readonly ImmutableHashSet<string> _none = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    [Fact]
    public void Machines_that_hold_data_need_leave_to_go()
    {
        var known = Apply(Look(("1.yaml", Vm("a") + Vm("b", "  annotations: {orchestrator.vm/prune: allow}\n") + Type("c"))), []);
        var plan = SpecsPlanner.Plan(Look(("1.yaml", "# none")), known, _none, new HashSet<string>(StringComparer.Ordinal) { nameof(VirtualMachine) });
        Assert.Equal("delete VirtualMachine default/b of 1.yaml, delete InstanceType c of 1.yaml", string.Join(", ", plan.Deletes));
        Assert.Equal("VirtualMachine default/a of 1.yaml is not deleted: it holds data; annotate it with orchestrator.vm/prune: allow, or delete it by hand", Assert.Single(plan.Held).ToString());
    }

    [Fact]
    public void Volumes_hold_data() => Assert.Contains("Volume", SpecsPlanner.DataBearing);

    [Fact]
    public void A_look_that_is_not_complete_deletes_nothing()
    {
        var known = Apply(Look(("1.yaml", Type("a")), ("2.yaml", Type("b"))), []);
        Assert.NotEmpty(Plan(Look(("1.yaml", Type("a"))), known).Deletes);
        Assert.Empty(Plan(Look(("1.yaml", Type("a"))) with { Problem = "permission denied" }, known).Deletes);
        Assert.Empty(Plan(Look(("1.yaml", Type("a"))) with { Quiet = false }, known).Deletes);
    }

    [Fact]
    public void A_plan_that_was_carried_out_leaves_nothing_to_do() => ForAllFolders((before, after) =>
    {
        var objects = Apply(after, Apply(before, []));
        var plan = Plan(after, objects);
        return plan.Applies.Count == 0 && plan.Deletes.Count == 0;
    });

    [Fact]
    public void What_a_good_file_says_is_there_unless_another_file_says_it_too() => ForAllFolders((before, after) =>
    {
        var objects = Apply(after, Apply(before, []));
        var plan = Plan(after, objects);
        return plan.Files.Where(file => file.Valid).SelectMany(file => file.Documents)
            .All(document => objects.Any(known => Key(known) == document.Key));
    });

    [Fact]
    public void Nothing_is_deleted_that_any_file_may_still_describe() => ForAllFolders((before, after) =>
        Plan(after, Apply(before, [])).Deletes.All(delete =>
            after.Files.All(file => file.Documents.All(document => document.Key != Key(delete.Object)))
            && after.Files.All(file => file.Valid || !file.MayMention(delete.Object.Metadata.Name))
            && after.Files.All(file => file.Path != delete.File || (file.Valid && !file.Blank))));

    [Fact]
    public void Nothing_is_deleted_that_the_folder_did_not_create() => ForAllFolders((before, after) =>
    {
        var foreign = Apply(before, []).Select(known => known with { Metadata = known.Metadata with { Annotations = known.Metadata.Annotations.Without(SpecAnnotations.File) } });
        return Plan(after, [.. foreign]).Deletes.Count == 0;
    });

    [Fact]
    public void The_order_in_which_files_and_objects_are_listed_does_not_matter() => ForAllFolders((before, after) =>
    {
        var objects = Apply(before, []);
        var (plan, other) = (Plan(after, objects), Plan(after with { Files = [.. after.Files.Reverse()] }, [.. objects.Reverse()]));
        return string.Join('\n', plan.Applies) == string.Join('\n', other.Applies) && string.Join('\n', plan.Deletes) == string.Join('\n', other.Deletes);
    });

    [Fact]
    public void A_folder_that_is_suddenly_empty_deletes_at_most_one_files_objects() => ForAllFolders((before, _) =>
        Plan(Look(), Apply(before, [])).Deletes.Select(delete => delete.File).Distinct(StringComparer.Ordinal).Count() <= 1);

    private static void ForAllFolders(Func<SpecsLook, SpecsLook, bool> law)
    {
        var document = Gen.Elements(_names).SelectMany(name => Gen.Choose(1, 2).Select(cpu => Type(name, cpu)));
        var good = document.ListOf().Select(documents => string.Concat(documents.Take(3)));
        var cut = good.SelectMany(text => Gen.Choose(0, text.Length).Select(length => text[..length]));
        var swapped = good.SelectMany(text => Gen.Shuffle(text.Split('\n')).Select(lines => string.Join('\n', lines)));
        var text = Gen.Frequency((6, good), (2, cut), (1, swapped), (1, Gen.Elements("", "# nothing", "{")));
        var file = Gen.Elements(_paths).SelectMany(path => text.Select(content => (path, content)));
        var look = file.ListOf().Select(files => Look([.. files.DistinctBy(entry => entry.path, StringComparer.Ordinal)]));
        Prop.ForAll(look.Two().ToArbitrary(), pair => law(pair.Item1, pair.Item2)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static SpecsLook Look(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => SpecReader.Read(file.Path, "specs/" + file.Path, Encoding.UTF8.GetBytes(file.Text)))], null, Quiet: true);

    private static SpecsPlan Plan(SpecsLook look, IReadOnlyList<Resource> known) => SpecsPlanner.Plan(look, known, _none, SpecsPlanner.DataBearing);

    private static string Key(Resource resource) => ResourceTypes.Find(resource.ApiVersion, resource.Kind)!.Key(resource.Metadata);

    /// <summary>Carries out the plan the way the object service would.</summary>
    private static IReadOnlyList<Resource> Apply(SpecsLook look, IReadOnlyList<Resource> known)
    {
        var plan = Plan(look, known);
        var objects = known.ToDictionary(Key, StringComparer.Ordinal);
        foreach (var apply in plan.Applies)
        {
            var metadata = apply.Desired.Metadata;
            var before = objects.GetValueOrDefault(apply.Document.Key)?.Metadata;
            var annotations = before is null ? apply.WhenCreated : before.Annotations;
            objects[apply.Document.Key] = apply.Desired with
            {
                Metadata = metadata with
                {
                    Uid = before?.Uid ?? Guid.NewGuid(),
                    Annotations = metadata.Annotations.Aggregate(annotations, (all, pair) => all.With(pair.Key, pair.Value)),
                },
            };
        }

        foreach (var delete in plan.Deletes)
        {
            objects.Remove(Key(delete.Object));
        }

        return [.. objects.Values];
    }
}
