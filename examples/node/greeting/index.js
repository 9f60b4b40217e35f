module.exports = (name) => `hello ${name} from Node`;
