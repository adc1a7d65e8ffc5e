using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Libvirt.Tests.Support;

internal static class Gens
{
    public static Gen<string> Text { get; } =
        Gen.OneOf(
            Gen.Elements("", "a", "abc", "abcd", "abcde", "vm-1", "größe", "名前", "a\0b", "'<&\">\n"),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => new string([.. s.Get.Where(c => !char.IsSurrogate(c))])));

    public static Gen<byte[]> Bytes { get; } = ArbMap.Default.GeneratorFor<byte>().ArrayOf();

    public static Gen<Guid> Uuid { get; } = ArbMap.Default.GeneratorFor<Guid>();

    public static Gen<int> Int32 { get; } = Gen.OneOf(Gen.Elements(0, 1, -1, int.MinValue, int.MaxValue), ArbMap.Default.GeneratorFor<int>());

    public static Gen<long> Int64 { get; } = Gen.OneOf(Gen.Elements(0L, -1, long.MinValue, long.MaxValue), ArbMap.Default.GeneratorFor<long>());

    public static Gen<DomainRef> Domain { get; } =
        from name in Text
        from uuid in Uuid
        from id in Int32
        select new DomainRef(name, uuid, id);

    public static Gen<TypedParameter> Parameter { get; } =
        from name in Text
        from number in Int64
        from text in Text
        from kind in Gen.Elements(Enum.GetValues<TypedParameterKind>())
        select kind switch
        {
            TypedParameterKind.Int32 => TypedParameter.Of(name, unchecked((int)number)),
            TypedParameterKind.UInt32 => TypedParameter.Of(name, unchecked((uint)number)),
            TypedParameterKind.Int64 => TypedParameter.Of(name, number),
            TypedParameterKind.UInt64 => TypedParameter.Of(name, unchecked((ulong)number)),
            TypedParameterKind.Double => TypedParameter.Of(name, number / 7.0),
            TypedParameterKind.Bool => TypedParameter.Of(name, number > 0),
            _ => TypedParameter.Of(name, text),
        };

    public static void Holds<T>(Gen<T> gen, Action<T> law, int tests = 300) =>
        Prop.ForAll(gen.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));
}
