using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using FsCheck;
using FsCheck.Fluent;

namespace AkkaKv.Core.Tests.Versions;

/// <summary>The laws of merge, over sets as they arise: any three replicas of one random life of a key.</summary>
public sealed class SiblingSetLawTests
{
    [Fact]
    public void Merge_is_commutative() => ForTriples((a, b, _) => Same(a.Merge(b), b.Merge(a)));

    [Fact]
    public void Merge_is_associative() => ForTriples((a, b, c) => Same(a.Merge(b).Merge(c), a.Merge(b.Merge(c))));

    [Fact]
    public void Merge_is_idempotent() => ForTriples((a, b, _) => Same(a.Merge(a), a) && Same(a.Merge(b).Merge(b), a.Merge(b)));

    [Fact]
    public void Merge_never_brings_back_what_was_overwritten() => ForTriples((a, b, _) =>
    {
        SiblingSet merged = a.Merge(b);
        return merged.Values.ToArray().All(value =>
            (a.Holds(value.Dot) || !a.Seen.Covers(value.Dot)) && (b.Holds(value.Dot) || !b.Seen.Covers(value.Dot)));
    });

    [Fact]
    public void Merge_loses_no_concurrent_write() => ForTriples((a, b, _) =>
    {
        SiblingSet merged = a.Merge(b);
        return a.Values.ToArray().All(value => merged.Holds(value.Dot) || (b.Seen.Covers(value.Dot) && !b.Holds(value.Dot)));
    });

    [Fact]
    public void A_put_with_the_context_of_a_read_leaves_one_value() => ForTriples((a, _, _) =>
        a.Put(a.Seen, new Dot(99, 1), Content(1)).Count == 1);

    [Fact]
    public void A_put_without_context_leaves_all_the_others() => ForTriples((a, _, _) =>
        a.Put(VersionVector.Empty, new Dot(99, 1), Content(1)).Count == a.Count + 1);

    [Fact]
    public void A_used_dot_fails_loudly()
    {
        SiblingSet set = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(1, 5), Content(1));
        Should.Throw<InvariantException>(() => set.Put(set.Seen, new Dot(1, 5), Content(2))).Message.ShouldContain("0000000000000001-5");
    }

    private static void ForTriples(Func<SiblingSet, SiblingSet, SiblingSet, bool> law)
    {
        var seeds = ArbMap.Default.GeneratorFor<ulong>();
        Prop.ForAll(seeds.ToArbitrary(), seed =>
        {
            SiblingSet[] sets = Life(seed);
            return law(sets[0], sets[1], sets[2]);
        }).QuickCheckThrowOnFailure();
    }

    private static SiblingSet[] Life(ulong seed)
    {
        var random = new RandomSource(seed);
        SiblingSet[] sets = [SiblingSet.Empty, SiblingSet.Empty, SiblingSet.Empty];
        for (int step = 1; step < 30; step++)
        {
            int at = random.Next(3);
            int from = random.Next(3);
            VersionVector context = random.Next(2) == 0 ? sets[from].Seen : VersionVector.Empty;
            sets[at] = random.Next(3) == 0
                ? sets[at].Merge(sets[from])
                : sets[at].Put(context, new Dot((ulong)at + 1, (ulong)step), Content((byte)step));
        }

        return sets;
    }

    private static ValueContent Content(byte value) => new(new[] { value }, null, value);

    private static bool Same(SiblingSet left, SiblingSet right) =>
        SiblingSetCodec.Encode(left).Span.SequenceEqual(SiblingSetCodec.Encode(right).Span);
}
