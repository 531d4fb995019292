using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit.Abstractions;

namespace AkkaKv.Wire.Tests.Codec;

/// <summary>A cluster is upgraded node by node: what goes between this release and that of version 1 means the same on both sides.</summary>
public sealed class OlderReleaseTests(ITestOutputHelper output)
{
    private static readonly string[] Kinds = [.. Frozen1.Envelope.Descriptor.Oneofs[0].Fields.Select(field => field.Name)];

    [Fact]
    public void Every_kind_of_version_1_is_known_as_one_and_no_other_is()
    {
        IReadOnlyList<FieldDescriptor> present = [.. V1.Envelope.Descriptor.Oneofs[0].Fields];
        Kinds.Except(present.Select(field => field.Name)).ShouldBeEmpty("a kind is never taken away");
        var generator = new MessageGenerator(1);
        var known = new HashSet<string>();
        for (int kind = 0; kind < MessageGenerator.KindCount; kind++)
        {
            Message message = generator.OfKind(kind);
            string name = NameOf(Encoded(message));
            bool isOld = Kinds.Contains(name);
            WireCodec.Instance.VersionOf(message).ShouldBe(isOld ? 1 : 2, message.GetType().Name);
            if (isOld)
                known.Add(name);
        }

        known.Count.ShouldBe(Kinds.Length, "each kind of version 1 has a generator");
    }

    [Fact]
    public void What_an_older_node_sends_is_understood_and_what_it_is_sent_means_the_same_to_it()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var generator = new MessageGenerator(seed);
        for (int i = 0; i < 2_000; i++)
        {
            Message message = generator.Next();
            if (WireCodec.Instance.VersionOf(message) > 1)
                continue;
            byte[] sent = Encoded(message);

            // As the older node reads it: it passes over fields that it does not know.
            var older = Frozen1.Envelope.Parser.WithDiscardUnknownFields(true).ParseFrom(sent);
            older.BodyCase.ShouldNotBe(Frozen1.Envelope.BodyOneofCase.None, message.GetType().Name);
            byte[] fromOlder = older.ToByteArray();
            RequireAlike(V1.Envelope.Parser.ParseFrom(sent), older, message);

            // As the older node would have sent it.
            WireCodec.Instance.TryDecode(MessageGenerator.Sender, fromOlder, out Received received).ShouldBeTrue(message.GetType().Name);
            received.Message.GetType().ShouldBe(message.GetType());
            byte[] again = Encoded(received.Message, received.Role, received.Number);
            Frozen1.Envelope.Parser.WithDiscardUnknownFields(true).ParseFrom(again).ShouldBe(older, message.GetType().Name);
        }
    }

    // Every field that both know holds the same, at any depth.
    private static void RequireAlike(IMessage present, IMessage older, Message message)
    {
        foreach (FieldDescriptor field in older.Descriptor.Fields.InFieldNumberOrder())
        {
            FieldDescriptor? same = present.Descriptor.FindFieldByNumber(field.FieldNumber);
            same.ShouldNotBeNull($"field {field.FullName} is never taken away");
            (same.FieldType, same.IsRepeated, same.Name).ShouldBe((field.FieldType, field.IsRepeated, field.Name), field.FullName);
            object? left = same.Accessor.GetValue(present);
            object? right = field.Accessor.GetValue(older);
            if (left is IMessage inner && right is IMessage olderInner)
                RequireAlike(inner, olderInner, message);
            else if (!field.IsRepeated || field.FieldType != FieldType.Message)
                right.ShouldBe(left, $"{field.FullName} of {message.GetType().Name}");
        }
    }

    private static string NameOf(byte[] body) =>
        V1.Envelope.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(V1.Envelope.Parser.ParseFrom(body))!.Name;

    private static byte[] Encoded(Message message, ActorRole role = ActorRole.Replica, ulong number = 3)
    {
        using var buffer = new FrameBuffer(1024);
        WireCodec.Instance.Encode(MessageGenerator.Sender, role, number, message, buffer);
        return buffer.Written.ToArray();
    }
}
